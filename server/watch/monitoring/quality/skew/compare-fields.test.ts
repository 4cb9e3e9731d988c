import { expect, test } from "vitest";
import { isSkewed, SkewTally } from "./compare-fields.ts";

const tolerances = { absoluteTolerance: 1e-6, relativeTolerance: 1e-4 };

test("reports skew for a missing side, different names, or numbers beyond both tolerances", () => {
  // docs/spec/drift.md section 10
  expect(isSkewed(null, 3, tolerances)).toBe(true);
  expect(isSkewed(Number.NaN, null, tolerances)).toBe(false);
  expect(isSkewed("UA", "AA", tolerances)).toBe(true);
  expect(isSkewed(100.009, 100, tolerances)).toBe(false);
  expect(isSkewed(100.011, 100, tolerances)).toBe(true);
  expect(isSkewed(1e-7, 0, tolerances)).toBe(false);
  expect(isSkewed(2e-6, 0, tolerances)).toBe(true);
  expect(isSkewed("3", 3, tolerances)).toBe(false);
  expect(isSkewed(true, "true", tolerances)).toBe(false);
});

test("returns the rate and first ten skewed rows per feature, and counts unmatched rows separately", () => {
  const tally = new SkewTally(tolerances);
  for (let row = 0; row < 40; row += 1) {
    const served = new Map([["fare", row < 12 ? 1 : 2] as const, ["seats", 3] as const, ["extra", 1] as const]);
    tally.add(`k${row}`, served, new Map([["fare", 2] as const, ["seats", 3] as const]));
  }
  tally.add("alone", new Map([["fare", 1]]), undefined);
  const result = tally.result();
  expect(result).toMatchObject({ served: 41, matched: 40 });
  expect(result.features.map(({ feature, disagreeing }) => `${feature} ${disagreeing}`)).toEqual([
    "fare 12",
    "seats 0",
  ]);
  expect(result.features[0]?.examples).toHaveLength(10);
  expect(result.features[0]?.examples[0]).toEqual({ key: "k0", served: 1, recomputed: 2 });
  expect(result.words).toContain('"fare" was served with a different value');
  expect(new SkewTally(tolerances).result().words).toContain("check the keys");
});
