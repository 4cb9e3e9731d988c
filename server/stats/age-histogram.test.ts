import { expect, test } from "vitest";
import { type AgeHistogram, addAges, ageBucketOf, ageQuantiles, countAges, countWithin } from "./age-histogram.ts";

/** A generator whose numbers repeat, so that the simulation does. */
function seeded(seed: number) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test("puts ages into buckets that grow by the fourth root of 2", () => {
  const ages = [-5, 0, 0.4, 1, 1.18, 1.2, 2, 1_000, 60_000, 3_600_000, 86_400_000, Number.NaN];
  // floor(4·log2(ms)): 1,000 is 2^9.966, 60,000 is 2^15.873, an hour 2^21.780, a day 2^26.365.
  expect(ages.map(ageBucketOf)).toEqual([0, 0, 0, 0, 0, 1, 4, 39, 63, 87, 105, 0]);
});

test("estimates quantiles and shares within a bucket of the exact values, and adds up", () => {
  const random = seeded(7);
  const [one, other]: [AgeHistogram, AgeHistogram] = [{}, {}];
  const exact: number[] = [];
  for (let index = 0; index < 20_000; index += 1) {
    const age = Math.exp(8 + 2 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
    exact.push(age);
    const ages = index % 2 === 0 ? one : other;
    ages[ageBucketOf(age)] = (ages[ageBucketOf(age)] ?? 0) + 1;
  }
  addAges(one, other);
  expect(countAges(one)).toBe(20_000);
  exact.sort((a, b) => a - b);
  for (const share of [0.5, 0.95, 0.99]) {
    const [found] = ageQuantiles(one, [share]);
    const truth = exact[Math.ceil(share * 20_000) - 1] as number;
    expect((found ?? 0) / truth).toBeGreaterThan(2 ** -0.25);
    expect((found ?? 0) / truth).toBeLessThan(2 ** 0.25);
    expect(Math.abs(countWithin(one, truth) / 20_000 - share)).toBeLessThan(0.01);
  }
});

test("knows nothing of no ages", () => {
  expect(ageQuantiles({}, [0.5, 0.99])).toEqual([null, null]);
  expect(countWithin({}, 1_000)).toBe(0);
  expect(countWithin({ 0: 4 }, 1)).toBe(0);
  expect(countWithin({ 0: 4 }, 2)).toBe(4);
});
