import { expect, test } from "vitest";
import type { NumericProfile } from "./contract.ts";
import { typicalValue } from "./typical-value.ts";

const numeric = (rest: Partial<NumericProfile>): NumericProfile => ({
  kind: "numeric",
  count: 0,
  nulls: 0,
  nans: 0,
  posInf: 0,
  negInf: 0,
  zeros: 0,
  min: 0,
  max: 0,
  mean: 0,
  m2: 0,
  edges: [],
  bins: [0],
  isInteger: false,
  values: null,
  ...rest,
});

test("returns the median of few distinct values exactly", () => {
  const values: [number, number][] = [
    [30, 1],
    [10, 2],
    [20, 4],
  ];
  expect(typicalValue(numeric({ count: 7, values }))).toBe(20);
  expect(typicalValue(numeric({ count: 0, values: [] }))).toBe(undefined);
});

test("interpolates the median in its bin", () => {
  // 10 values up to 1, 20 up to 2, 10 up to 4: the 20th is in the middle of the second bin.
  const profile = numeric({ count: 40, min: 0, max: 4, edges: [1, 2], bins: [10, 20, 10] });
  expect(typicalValue(profile)).toBe(1.5);
  expect(typicalValue(numeric({ count: 2, min: 3, max: 3, bins: [2] }))).toBe(3);
});

test("returns the most frequent level", () => {
  const levels: [string, number][] = [
    ["red", 5],
    ["blue", 2],
  ];
  const profile = { kind: "categorical" as const, count: 7, nulls: 0, levels, other: 0, otherLevels: [], once: 0 };
  expect(typicalValue(profile)).toBe("red");
  expect(typicalValue({ ...profile, levels: [] })).toBe(undefined);
});
