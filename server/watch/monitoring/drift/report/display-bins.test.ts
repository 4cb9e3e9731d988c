import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { countBytes, levels, normals, profiled } from "../../../../testing/fixtures/monitoring/drift/testing.ts";
import type { CategoricalProfile, NumericProfile } from "../../state/contract.ts";
import { describeFeature } from "./describe-feature.ts";
import { levelBars, numberBars, quantileOfBins } from "./display-bins.ts";

const sums = (bars: readonly { reference: number; current: number }[]) =>
  (["reference", "current"] as const).map((side) => bars.reduce((all, bar) => all + bar[side], 0));

function numbers(reference: number[], current: number[]) {
  const features = profiled({ x: reference });
  const state = countBytes(features, { x: current }).features[0];
  const profile = features[0]?.profile as NumericProfile;
  if (state?.kind !== "numeric") throw new Error("Numbers have a numeric state.");
  return { profile, state, bars: numberBars(profile, state) };
}

test("draws numeric bars with round bounds that sum to all rows on both sides and show shifts", () => {
  const { bars } = numbers(normals(seededRandom(1), 20_000), normals(seededRandom(2), 5000, { mean: 1 }));
  expect(sums(bars)).toEqual([expect.closeTo(1, 9), expect.closeTo(1, 9)]);
  expect(bars.length).toBeLessThanOrEqual(14);
  for (const { to } of bars.slice(0, -1)) expect((to ?? 0) * 10).toBeCloseTo(Math.round((to ?? 0) * 10), 9);
  const [first, last] = [bars[0], bars.at(-1)];
  expect([first?.from, last?.to]).toEqual([null, null]);
  expect(last?.current).toBeGreaterThan(3 * (last?.reference ?? 1));
});

test("splits very skewed values at quantiles, and shows few distinct values individually", () => {
  const random = seededRandom(3);
  const uneven = Array.from({ length: 20_000 }, () => Math.exp(3 * normals(random, 1)[0]!));
  const { bars } = numbers(uneven, uneven.slice(0, 3000));
  expect(sums(bars)).toEqual([expect.closeTo(1, 9), expect.closeTo(1, 9)]);
  expect(Math.max(...bars.map(({ reference }) => reference))).toBeLessThan(0.15);
  const dice = numbers([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6], [6, 6, 6, 1]);
  expect(sums(dice.bars)).toEqual([expect.closeTo(1, 9), expect.closeTo(1, 9)]);
  expect(dice.bars.at(-1)?.current).toBe(0.75);
});

test("estimates a quantile within one bin of the exact value", () => {
  const values = normals(seededRandom(4), 10_000, { mean: 50, spread: 10 });
  const { profile, state } = numbers(values, values);
  const exact = values.toSorted((a, b) => a - b)[5000] ?? 0;
  expect(quantileOfBins(profile.edges, state.bins, state, 0.5)).toBeCloseTo(exact, 0);
  expect(quantileOfBins(profile.edges, new Float64Array(profile.bins.length), state, 0.5)).toBeNull();
});

test("separates unseen levels from rare ones", () => {
  const names = Array.from({ length: 20 }, (_, index) => `city ${index}`);
  const features = profiled({ x: levels(seededRandom(5), 5000, names) });
  const state = countBytes(features, { x: [...levels(seededRandom(6), 900, names), ...Array(100).fill("Porto")] })
    .features[0];
  if (state?.kind !== "categorical") throw new Error("Levels have a categorical state.");
  const bars = levelBars(features[0]?.profile as CategoricalProfile, state);
  expect(bars.at(-1)).toMatchObject({ label: "not in the reference", reference: 0, current: 0.1 });
  expect(bars.at(-2)?.label).toBe("all others");
  expect(sums(bars)).toEqual([expect.closeTo(1, 9), expect.closeTo(1, 9)]);
});

test("describes what changed with numbers, and gives no result without values", () => {
  const { profile, state } = numbers(
    normals(seededRandom(7), 9000, { mean: 200 }),
    normals(seededRandom(8), 900, { mean: 90 }),
  );
  const verdict = { state: "drift", rows: 900, missing: null, unseen: null, outside: null } as Parameters<
    typeof describeFeature
  >[0];
  expect(describeFeature(verdict, profile, state)).toMatch(/^Median fell from 200 to (90|89\.\d)\.$/);
  expect(describeFeature({ ...verdict, state: "no-data" }, profile, undefined)).toContain("does not mean no drift");
  const missing = { share: 0.062, referenceShare: 0.004, line: 0.01, pValue: 0, isAlarm: true };
  expect(describeFeature({ ...verdict, missing }, profile, state)).toMatch(
    /Missing values rose from 0\.4% to 6\.2%\.$/,
  );
});
