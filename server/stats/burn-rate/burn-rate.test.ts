import { expect, test } from "vitest";
import { combinedBurn, combinedRatio } from "./composite.ts";
import { chanceOfBad, isImprobable, smallestImprobable } from "./gate.ts";
import { budgetRatio, burnRate, countBetween, isAbove, minuteSums } from "./minute-sums.ts";
import { sliced } from "./slices.ts";
import { cappedFactor, detectionMinutes, factorFor, scaledTiers } from "./tiers.ts";

const b = 0.001;

test("matches the failure probabilities of the reference to five digits", () => {
  const chance = (bad: number, total: number, budget: number) =>
    Number(chanceOfBad({ bad, total }, budget).toPrecision(5));
  expect(chance(1, 10, b)).toBe(0.0099551);
  expect(chance(2, 10, b)).toBe(4.4761e-5);
  expect(chance(2, 60, b)).toBe(0.001703);
  expect(chance(3, 60, b)).toBe(3.2789e-5);
  expect(chance(5, 100, 0.01)).toBe(0.0034323);
  expect(chance(6, 100, 0.01)).toBe(5.3453e-4);
  expect(chanceOfBad({ bad: 1, total: 1 }, b)).toBeCloseTo(b, 15);
  expect(isImprobable({ bad: 1, total: 1 }, b, 1e-3)).toBe(false);
});

const totals = [1, 5, 10, 20, 60, 100, 360, 600, 1000, 6000, 36_000];
test.each([
  [0.001, [null, 2, 2, 2, 3, 3, 4, 5, 6, 16, 57]],
  [0.01, [null, 2, 3, 4, 5, 6, 12, 16, 22, 86, 421]],
  [0.05, [null, 4, 5, 6, 10, 14, 33, 49, 74, 354, 1930]],
  [0.1, [null, 4, 6, 8, 15, 21, 56, 85, 131, 674, 3778]],
])("finds the smallest significant number of bad events at a budget of %d", (budget, smallest) => {
  expect(totals.map((total) => smallestImprobable(total, budget, 1e-3))).toEqual(smallest);
});

test("decides the same with the fast bound as with the beta function", () => {
  for (const budget of [0.0005, 0.001, 0.01, 0.1, 0.5])
    for (const total of [1, 2, 7, 10, 60, 600, 6000])
      for (let bad = 0; bad <= Math.min(total, 80); bad += 1)
        for (const gate of [1e-3, 1e-4])
          expect(isImprobable({ bad, total }, budget, gate)).toBe(
            chanceOfBad({ bad, total }, budget) < gate * (1 - 1e-9),
          );
});

test("rounds a fractional number of bad events down", () => {
  expect(chanceOfBad({ bad: 1.9, total: 10 }, b)).toBe(chanceOfBad({ bad: 1, total: 10 }, b));
  expect(chanceOfBad({ bad: 2 - 1e-9, total: 10 }, b)).toBe(chanceOfBad({ bad: 2, total: 10 }, b));
});

const tiers30 = scaledTiers(30 * 1440);
const never = null;
test.each([
  [0.999, 1, [0.864, 2.16, 4.32, 4.32]],
  [0.999, 0.5, [1.728, 4.32, 8.64, 8.64]],
  [0.999, 0.2, [4.32, 10.8, 21.6, 21.6]],
  [0.999, 0.1, [8.64, 21.6, 43.2, 43.2]],
  [0.999, 0.05, [17.28, 43.2, 86.4, 86.4]],
  [0.999, 0.02, [43.2, 108, 216, 216]],
  [0.99, 1, [8.64, 21.6, 43.2, 43.2]],
  [0.99, 0.5, [17.28, 43.2, 86.4, 86.4]],
  [0.99, 0.2, [43.2, 108, 216, 216]],
  [0.99, 0.1, [never, 216, 432, 432]],
  [0.99, 0.05, [never, never, 864, 864]],
  [0.99, 0.02, [never, never, never, 2160]],
])("computes the detection time at a target of %d for an error rate of %d", (target, errorRate, minutes) => {
  const found = tiers30.map((tier) => detectionMinutes(tier, budgetRatio(target), errorRate));
  expect(found.map((each) => (each === null ? never : Number(each.toFixed(6))))).toEqual(minutes);
});

test.each([
  [7, [14, 1, 84, 7, 336, 28, 1008, 84]],
  [14, [28, 2, 168, 14, 672, 56, 2016, 168]],
  [28, [56, 5, 336, 28, 1344, 112, 4032, 336]],
  [30, [60, 5, 360, 30, 1440, 120, 4320, 360]],
  [90, [180, 15, 1080, 90, 4320, 360, 12_960, 1080]],
])("scales the windows to a period of %d days", (days, windows) => {
  const tiers = scaledTiers(days * 1440);
  expect(tiers.flatMap(({ longMinutes, shortMinutes }) => [longMinutes, shortMinutes])).toEqual(windows);
  expect(tiers.map(({ factor }) => factor)).toEqual([14.4, 6, 3, 1]);
  expect(tiers.map(({ severity }) => severity)).toEqual(["page", "page", "ticket", "ticket"]);
});

test("scales windows to at least one minute for half a day", () => {
  expect(Math.min(...scaledTiers(720).flatMap((tier) => [tier.longMinutes, tier.shortMinutes]))).toBe(1);
});

test("computes burn-rate factors that spend the same budget shares over other periods", () => {
  const shares = [0.02, 0.05, 0.1, 0.1];
  const factors = (days: number) =>
    tiers30.map((tier, index) => factorFor(shares[index] ?? 0, tier.longMinutes, days * 1440));
  expect(factors(7).map((factor) => Number(factor.toFixed(2)))).toEqual([3.36, 1.4, 0.7, 0.23]);
  expect(factors(28).map((factor) => Number(factor.toFixed(3)))).toEqual([13.44, 5.6, 2.8, 0.933]);
  expect(factors(90).map((factor) => Number(factor.toFixed(1)))).toEqual([43.2, 18, 9, 3]);
});

test.each([
  [0.999, [14.4, 6, 3, 1]],
  [0.95, [14.4, 6, 3, 1]],
  [0.93, [12.86, 6, 3, 1]],
  [0.9, [9, 6, 3, 1]],
  [0.8, [4.5, 4.5, 3, 1]],
  [0.5, [1.8, 1.8, 1.8, 1]],
])("caps unreachable burn-rate factors at a target of %d", (target, factors) => {
  const capped = tiers30.map(({ factor }) => Number(cappedFactor(factor, budgetRatio(target), 0.9).toFixed(2)));
  expect(capped).toEqual(factors);
});

test("fires for total failure at a 93% target with the cap, but not without it", () => {
  const all = burnRate({ bad: 100, total: 100 }, budgetRatio(0.93));
  expect(isAbove(all, 14.4)).toBe(false);
  expect(isAbove(all, cappedFactor(14.4, budgetRatio(0.93), 0.9))).toBe(true);
});

test("does not fire at a burn rate equal to the factor, or without a burn rate", () => {
  expect(isAbove(burnRate({ bad: 144, total: 10_000 }, b), 14.4)).toBe(false);
  expect(isAbove(burnRate({ bad: 145, total: 10_000 }, b), 14.4)).toBe(true);
  expect(burnRate({ bad: 0, total: 0 }, b)).toBeNull();
});

test("computes windows from cumulative sums, empty outside the data and without rounding residue", () => {
  const sums = minuteSums({ good: [1, 0.1, 0.2, 5], total: [1, 0.3, 0.3, 4] });
  expect(countBetween(sums, 0, 1)).toEqual({ bad: 0, total: 1 });
  expect(countBetween(sums, 1, 3).bad).toBeCloseTo(0.3, 12);
  expect(countBetween(sums, 3, 4).bad).toBe(0);
  expect(countBetween(sums, -5, -1)).toEqual({ bad: 0, total: 0 });
  expect(countBetween(sums, 9, 12)).toEqual({ bad: 0, total: 0 });
});

test("counts 58 of 60 slices as good, with a mean of 99.6%", () => {
  const good = Float64Array.from([...Array(57).fill(100), 90, 90, 96]);
  const total = new Float64Array(60).fill(100);
  const share = (target: number | null) => {
    const slices = sliced({ good, total }, { target, minutes: 1, offset: 0 });
    return slices.good.reduce((sum, each) => sum + each) / slices.total.reduce((sum, each) => sum + each);
  };
  expect(share(0.95)).toBeCloseTo(58 / 60, 12);
  expect(share(null)).toBeCloseTo(0.996, 12);
});

test("weights day and night equally by slice, but not by event", () => {
  const minutes = { good: Float64Array.from([990, 5]), total: Float64Array.from([990, 10]) };
  const slices = sliced(minutes, { target: null, minutes: 1, offset: 0 });
  expect(1 - (slices.good[0] as number)).toBe(0);
  expect((2 - slices.good.reduce((sum, each) => sum + each)) / 2).toBe(0.25);
  expect(5 / 1000).toBe(0.005);
});

test("treats empty slices by method, and excludes adjustments and unfinished slices", () => {
  const minutes = { good: new Float64Array(8), total: new Float64Array(8) };
  const left = Uint8Array.from([1, 1, 0, 0, 0, 0, 0, 0]);
  expect([...sliced(minutes, { target: 0.9, minutes: 2, offset: 1, left }).total]).toEqual([0, 0, 1, 0, 1, 0, 1, 0]);
  expect(sliced(minutes, { target: null, minutes: 2, offset: 1, left }).total.some((each) => each > 0)).toBe(false);
});

test("combines the burn rates 2.0 with weight 1 and 0.5 with weight 0.5", () => {
  const parts = [
    { value: 2, weight: 1 },
    { value: 0.5, weight: 0.5 },
  ];
  expect(combinedBurn("openslo", parts)).toBe(2.25);
  expect(combinedBurn("weighted", parts)).toBe(1.5);
  expect(combinedBurn("worst", parts)).toBe(2);
  expect(combinedBurn("worst", [{ value: null, weight: 1 }])).toBeNull();
  expect(
    combinedRatio([
      { ratio: 0.95, weight: 1 },
      { ratio: 0.95, weight: 1 },
    ]),
  ).toBeCloseTo(0.9, 12);
});
