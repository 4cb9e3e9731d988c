import { expect, test } from "vitest";
import { buildFeatureProfile } from "#server/watch/monitoring/profiles/build/build-feature-profile.ts";
import type { NumericProfile } from "#server/watch/monitoring/state/contract.ts";
import { equalWidthCounts } from "./profile-shape.ts";

const profileOf = (values: number[]) => buildFeatureProfile("numeric", values) as NumericProfile;

test("returns even counts for evenly spaced values, and preserves the total", () => {
  const counts = equalWidthCounts(profileOf(Array.from({ length: 10_000 }, (_, index) => index)), 10);
  expect(counts.reduce((sum, rows) => sum + rows, 0)).toBeCloseTo(10_000, 6);
  for (const rows of counts) expect(Math.abs(rows - 1000)).toBeLessThan(25);
});

test("keeps a few values in their own bins", () => {
  expect(equalWidthCounts(profileOf([0, 0, 0, 10]), 10)).toEqual([3, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
});

test("returns one bar for a constant, and none without values", () => {
  expect(equalWidthCounts(profileOf([5, 5]))).toEqual([2]);
  expect(equalWidthCounts(profileOf([]))).toEqual([]);
});
