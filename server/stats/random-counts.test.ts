import { describe, expect, test } from "vitest";
import { logGamma } from "./gamma.ts";
import { seededRandom } from "./random.ts";
import { binomialFrom, poissonFrom } from "./random-counts.ts";

const draws = 100_000;
const poisson = (mean: number) => (count: number) => Math.exp(count * Math.log(mean) - mean - logGamma(count + 1));
const binomial = (units: number, share: number) => (hits: number) =>
  Math.exp(
    logGamma(units + 1) -
      logGamma(hits + 1) -
      logGamma(units - hits + 1) +
      hits * Math.log(share) +
      (units - hits) * Math.log1p(-share),
  );

/** Computes the chi-square of the draws against the probabilities, per degree of freedom, over counts expected at least 20 times. */
function misfit(draw: () => number, chance: (count: number) => number): number {
  const seen = new Map<number, number>();
  for (let index = 0; index < draws; index += 1) {
    const count = draw();
    seen.set(count, (seen.get(count) ?? 0) + 1);
  }
  const counts = [...seen.keys()].filter((count) => draws * chance(count) >= 20);
  const square = counts.reduce((sum, count) => {
    const expected = draws * chance(count);
    return sum + ((seen.get(count) ?? 0) - expected) ** 2 / expected;
  }, 0);
  return square / counts.length;
}

describe("distribution of random counts", () => {
  test.each([0.2, 3, 9.9, 10, 45, 1000])("matches the Poisson distribution of mean %d", (mean) => {
    const random = seededRandom(1);
    const fit = misfit(() => poissonFrom(mean, random), poisson(mean));
    expect(fit).toBeGreaterThan(0.2);
    expect(fit).toBeLessThan(2);
  });

  test.each([
    [10, 0.005],
    [600, 0.01],
    [600, 0.02],
    [40, 0.5],
    [200, 0.85],
    [5000, 0.05],
  ])("matches the binomial distribution of %d units with a share of %d", (units, share) => {
    const random = seededRandom(2);
    const fit = misfit(() => binomialFrom(units, share, random), binomial(units, share));
    expect(fit).toBeGreaterThan(0.2);
    expect(fit).toBeLessThan(2);
  });

  test("returns zero for zero units or probability, and all units for certainty", () => {
    const random = seededRandom(3);
    expect(poissonFrom(0, random)).toBe(0);
    expect(binomialFrom(7, 0, random)).toBe(0);
    expect(binomialFrom(0, 0.3, random)).toBe(0);
    expect(binomialFrom(7, 1, random)).toBe(7);
  });
});
