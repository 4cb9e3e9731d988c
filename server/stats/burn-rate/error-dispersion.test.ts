import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { binomialFrom, poissonFrom } from "../random-counts.ts";
import { dispersionByDay, errorDispersion } from "./error-dispersion.ts";
import { chanceOfBad, isImprobable, smallestImprobable } from "./gate.ts";
import { minuteSums } from "./minute-sums.ts";
import { simulateDetection, simulatePages } from "./simulate.ts";

const day = 1440;
const month = 28 * day;

interface Drawn {
  perMinute: number;
  rate: number;
  cluster: number;
  /** Minutes in which a fifth fails. */
  outage?: readonly [number, number];
}

function drawn({ perMinute, rate, cluster, outage }: Drawn, minutes = month) {
  const random = seededRandom(3);
  const total = Float64Array.from({ length: minutes }, () => poissonFrom(perMinute, random));
  const good = total.map((count, minute) => {
    if (outage && minute >= outage[0] && minute < outage[1]) return count - binomialFrom(count, 0.2, random);
    return Math.max(0, count - cluster * poissonFrom((perMinute * rate) / cluster, random));
  });
  return minuteSums({ good, total });
}

test("measures no dispersion for single failures, however many or few", () => {
  for (const perMinute of [0.2, 2, 20, 200])
    expect(errorDispersion(drawn({ perMinute, rate: 0.0005, cluster: 1 }), month, 0.001)).toBe(1);
});

test("measures how many failures come at once", () => {
  expect(errorDispersion(drawn({ perMinute: 20, rate: 0.0005, cluster: 3 }), month, 0.001)).toBeCloseTo(3, 0);
  expect(errorDispersion(drawn({ perMinute: 200, rate: 0.0005, cluster: 5 }), month, 0.001)).toBeCloseTo(5, 0);
});

test("ignores the days of an outage, so that the next one counts as much", () => {
  const outage = [10 * day, 10 * day + 120] as const;
  expect(errorDispersion(drawn({ perMinute: 20, rate: 0.0005, cluster: 1, outage }), month, 0.001)).toBe(1);
});

test("measures once a day, without the day in progress", () => {
  const sums = drawn({ perMinute: 20, rate: 0.0005, cluster: 3, outage: [month + 10, month + 900] }, month + day);
  const dispersionAt = dispersionByDay(sums, 0.001, 0);
  expect(dispersionAt(month + 600)).toBe(errorDispersion(sums, month, 0.001));
  expect(dispersionAt(month + day)).toBe(dispersionAt(month + 1));
});

/** By scipy.stats.betabinom.sf(bad - 1, n, b·s, (1 − b)·s) with s = (n − 1)/(φ − 1) − 1. */
test.each([
  [3, 100, 3, 0.010981575],
  [8, 100, 3, 0.00065323416],
  [2, 10, 2, 0.0020767876],
  [6, 360, 3, 0.0079841216],
  [20, 1000, 5, 0.0009783516],
  [60, 6000, 10, 0.00068718339],
  [80, 36000, 2, 1.6205632e-5],
])("computes the probability of %d bad of %d at φ = %d as scipy", (bad, total, dispersion, chance) => {
  expect(chanceOfBad({ bad, total }, 0.001, dispersion) / chance).toBeCloseTo(1, 5);
});

test("requires more failures that come in clusters, and as many single ones as before", () => {
  expect(smallestImprobable(100, 0.001, 1e-3, 1)).toBe(3);
  expect(smallestImprobable(100, 0.001, 1e-3, 3)).toBe(8);
  expect(isImprobable({ bad: 3, total: 100 }, 0.001, 1e-3, 3)).toBe(false);
  expect(isImprobable({ bad: 20, total: 100 }, 0.001, 1e-3, 3)).toBe(true);
});

test("pages rarely for failures in clusters of three, and still within minutes for an outage", () => {
  const service = { perHour: 100, target: 0.999, cluster: 3, gate: 1e-3, seed: 2 };
  const quiet = { ...service, burn: 0.5, months: 12 };
  expect(simulatePages(quiet)).toBeGreaterThan(5);
  expect(simulatePages({ ...quiet, isMeasured: true })).toBeLessThanOrEqual(0.25);
  const found = simulateDetection({
    ...service,
    isMeasured: true,
    burnBefore: 0.5,
    errorRate: 1,
    outages: 12,
    maxMinutes: 60,
  });
  expect(found).not.toContain(null);
  expect(Math.max(...found.map(Number))).toBeLessThanOrEqual(15);
});
