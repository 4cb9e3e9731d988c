import { expect, test } from "vitest";
import { ageScale } from "./age-scale.ts";

const pointOf = (p95: number | null, lagMs: number | null) => ({ ageMs: { p50: null, p95, p99: null }, lagMs });

test.each([
  [[], null, "s"],
  [[pointOf(119_000, null)], null, "s"],
  [[pointOf(120_000, 1)], null, "min"],
  [[pointOf(1, 7_200_000)], null, "h"],
  [[pointOf(1, 1)], 86_400_000_000, "h"],
  [[pointOf(null, null)], 259_200_000_000, "d"],
])("chooses a unit for ages and the limit (%#)", (points, ttlUs, unit) => {
  expect(ageScale(points, ttlUs).unit).toBe(unit);
});
