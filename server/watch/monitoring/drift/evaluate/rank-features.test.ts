import { expect, test } from "vitest";
import { driftCorrelation, excessOf, rankOf } from "./rank-features.ts";

test("ranks by excess over the threshold, importance and past correlation with quality", () => {
  const feature = { psi: 0.06, line: 0.02, importance: 0.5, correlation: 0.8 };
  expect(rankOf(feature, 4)).toBeCloseTo(3 * 0.5 * 0.8, 12);
  expect(rankOf({ ...feature, correlation: null }, 4)).toBeCloseTo(3 * 0.5 * 0.1, 12);
  expect(rankOf({ ...feature, correlation: -0.9, importance: null }, 4)).toBeCloseTo(3 * 0.25 * 0.1, 12);
  expect(excessOf({ psi: 5, line: 0.02 })).toBe(10);
  expect(excessOf({ psi: null, line: null })).toBe(0);
});

test("requires eight windows with both values and some variation for a correlation", () => {
  const pairs = Array.from({ length: 8 }, (_, at): [number, number] => [at, 2 * at + 1]);
  expect(driftCorrelation(pairs)).toBeCloseTo(1, 12);
  expect(driftCorrelation(pairs.slice(1))).toBeNull();
  expect(driftCorrelation([...pairs.slice(1), [3, null]])).toBeNull();
  expect(driftCorrelation(pairs.map(([, b]) => [0, b]))).toBeNull();
});
