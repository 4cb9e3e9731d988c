import { expect, test } from "vitest";
import { paretoFront } from "./pareto.ts";

test("excludes dominated points from the front and includes those best in one dimension", () => {
  expect(
    paretoFront([
      [1, 9],
      [9, 1],
      [5, 5],
      [6, 6],
      [1, 10],
    ]),
  ).toEqual([true, true, true, false, false]);
});

test("includes equal points on the front", () => {
  expect(
    paretoFront([
      [1, 1],
      [1, 1],
    ]),
  ).toEqual([true, true]);
});

test("does not compare points with a missing value", () => {
  expect(
    paretoFront([
      [1, null],
      [2, 2],
    ]),
  ).toEqual([false, true]);
  expect(paretoFront([])).toEqual([]);
});
