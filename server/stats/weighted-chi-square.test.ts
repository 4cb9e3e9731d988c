import { expect, test } from "vitest";
import { chiSquareTail } from "./chi-square.ts";
import { fTail } from "./f-distribution.ts";
import { weightedChiSquareTail } from "./weighted-chi-square.ts";

const parts = [1, 2, 3, 4, 5, 6].map((k) => ({ weight: 1 / (k * (k + 1)), degrees: 1 }));

/** Numerical inversion of the characteristic function (Imhof 1961) with scipy's quad. */
test.each([
  [0.5, 0.607375005252203],
  [0.86, 0.3549317368846709],
  [1.5, 0.14547787417556118],
  [2.4, 0.046974869456330004],
  [4, 0.007418497941242386],
])("computes the tail of Σ χ²/(k(k+1)) above %d within 5%% of Imhof's integral", (x, expected) => {
  expect(Math.abs(weightedChiSquareTail(x, parts) / expected - 1)).toBeLessThan(0.05);
});

test("keeps its digits far out: equal weights are a chi-square, a negative weight gives F", () => {
  for (const x of [3, 20, 60])
    expect(weightedChiSquareTail(x, [{ weight: 1, degrees: 5 }]) / chiSquareTail(x, 5)).toBeCloseTo(1, 1);
  for (const f of [1.5, 4, 12]) {
    const found = weightedChiSquareTail(0, [
      { weight: 1 / 3, degrees: 3 },
      { weight: -f / 40, degrees: 40 },
    ]);
    expect(Math.abs(found / fTail(f, 3, 40) - 1)).toBeLessThan(0.03);
  }
});

test("is 1 at or below 0 and decreases without a jump at the mean", () => {
  expect(weightedChiSquareTail(0, parts)).toBe(1);
  const mean = parts.reduce((sum, { weight }) => sum + weight, 0);
  let before = 1;
  for (let x = mean - 0.01; x < mean + 0.01; x += 0.0005) {
    const own = weightedChiSquareTail(x, parts);
    expect(own).toBeLessThan(before + 1e-4);
    if (before < 1) expect(before - own).toBeLessThan(0.002);
    before = own;
  }
});
