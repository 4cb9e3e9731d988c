import { expect, test } from "vitest";
import { welchDifference } from "./welch.ts";

test("agrees with scipy.stats.ttest_ind(after, before, equal_var=False).confidence_interval()", () => {
  const before = [27.5, 21, 19, 23.6, 17, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19, 21.7, 21.4];
  const after = [27.1, 22, 20.8, 23.4, 23.4, 23.5, 25.8, 22, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.4];
  const found = welchDifference(before, after);
  expect(found?.estimate).toBeCloseTo(2.8333333333333357, 9);
  expect(found?.low).toBeCloseTo(0.7986439248746979, 8);
  expect(found?.high).toBeCloseTo(4.868022741791966, 8);
  const small = welchDifference([3, 4, 3, 5], [1, 2, 9], 0.9);
  expect(small?.low).toBeCloseTo(-6.895549120996712, 8);
  expect(small?.high).toBeCloseTo(7.395549120996709, 8);
});

test("returns undefined for a single day on one side, and a zero-width interval for equal days", () => {
  expect(welchDifference([1], [1, 2, 3])).toBeUndefined();
  expect(welchDifference([2, 2], [5, 5, 5])).toEqual({ estimate: 3, low: 3, high: 3 });
});
