import { expect, test } from "vitest";
import { median, noiseAroundTrend, robustDeviation } from "./robust.ts";

test("returns the middle value, or the mean of the two middle values, as the median", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test("ignores one extreme value in the robust deviation of 1 to 9", () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  expect(robustDeviation(values)).toBeCloseTo(2 * 1.4826);
  expect(robustDeviation([...values.slice(0, 8), 1e9])).toBeCloseTo(2 * 1.4826);
});

test("returns zero noise for a noiseless trend, even with one outlier", () => {
  const line = Array.from({ length: 50 }, (_, index) => 3 * index);
  expect(noiseAroundTrend(line)).toBe(0);
  expect(noiseAroundTrend(line.with(20, 1e6))).toBe(0);
  expect(noiseAroundTrend([1])).toBe(0);
});
