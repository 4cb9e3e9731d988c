import { expect, test } from "vitest";
import { paretoFront } from "./pareto.ts";

test("who is beaten in everything is off the front; who is best in one thing is on it", () => {
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

test("equals are both on the front", () => {
  expect(
    paretoFront([
      [1, 1],
      [1, 1],
    ]),
  ).toEqual([true, true]);
});

test("who lacks a value is not compared", () => {
  expect(
    paretoFront([
      [1, null],
      [2, 2],
    ]),
  ).toEqual([false, true]);
  expect(paretoFront([])).toEqual([]);
});
