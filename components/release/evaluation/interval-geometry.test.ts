import { expect, test } from "vitest";
import { barOf, placeOf, scaleOf } from "./interval-geometry.ts";

test("holds all intervals and values in one scale", () => {
  expect(scaleOf([{ low: 0.8, high: 0.9 }, 0.95, null])).toEqual({ low: 0.8, high: 0.95 });
});

test("has a scale for one value and for none", () => {
  expect(scaleOf([0.5])).toEqual({ low: 0, high: 1 });
  expect(scaleOf([])).toEqual({ low: 0, high: 1 });
});

test("places an interval with its value, and a value without interval as a point", () => {
  const scale = { low: -1, high: 3 };
  expect(barOf(scale, 1, { low: 0, high: 2 })).toEqual({ left: 25, width: 50, point: 50 });
  expect(barOf(scale, 1, null)).toEqual({ left: 50, width: 0, point: 50 });
  expect(placeOf(scale, 9)).toBe(100);
});
