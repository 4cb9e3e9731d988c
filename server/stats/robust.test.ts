import { expect, test } from "vitest";
import { median, noiseAroundTrend, robustDeviation } from "./robust.ts";

test("the median is the middle, or the mean of the two middle values", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test("one wild value does not move the robust deviation of 1 to 9", () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  expect(robustDeviation(values)).toBeCloseTo(2 * 1.4826);
  expect(robustDeviation([...values.slice(0, 8), 1e9])).toBeCloseTo(2 * 1.4826);
});

test("a trend without noise has no noise; one outlier adds none", () => {
  const line = Array.from({ length: 50 }, (_, index) => 3 * index);
  expect(noiseAroundTrend(line)).toBe(0);
  expect(noiseAroundTrend(line.with(20, 1e6))).toBe(0);
  expect(noiseAroundTrend([1])).toBe(0);
});
