import { expect, test } from "vitest";
import { cauchyCombination } from "./cauchy-combination.ts";

test("combines p-values: equal ones stay, a small one counts with its weight", () => {
  const of = (first: number, second: number) =>
    cauchyCombination([
      { pValue: first, weight: 0.7 },
      { pValue: second, weight: 0.3 },
    ]);
  expect(of(0.02, 0.02)).toBeCloseTo(0.02, 12);
  expect(of(1e-7, 0.5) / (1e-7 / 0.7)).toBeCloseTo(1, 6);
  expect(of(0.5, 1e-7) / (1e-7 / 0.3)).toBeCloseTo(1, 6);
  // A p-value of 1 must not hide a small one.
  expect(of(1e-4, 1)).toBeLessThan(2e-4);
  expect(of(0, 0)).toBeLessThan(1e-200);
});
