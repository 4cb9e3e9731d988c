import { expect, test } from "vitest";
import { addTo, type Histogram } from "../histogram.ts";
import { normalFrom, seededRandom } from "../random.ts";
import { quantileDifference, quantileRanks } from "./quantile-difference.ts";

test.each([
  [0.5, 1000, 453, 548],
  [0.95, 1000, 928, 970],
  [0.95, 5000, 4700, 4797],
  [0.99, 1000, 979, 998],
  [0.99, 5000, 4926, 4971],
])("has the ranks of confseq for the %f-quantile of %d values", (share, count, low, high) => {
  expect(quantileRanks(count, share, 0.05, { values: 1000, alpha: 0.05 })).toEqual({ low, high });
});

/** Runs both arms, evaluated ten times. @returns the share of runs whose interval ever excludes no difference */
function excluded(factor: number, runs: number): number {
  const random = seededRandom(6);
  let count = 0;
  for (let run = 0; run < runs; run += 1) {
    const [baseline, canary]: Histogram[] = [{}, {}];
    let isExcluded = false;
    for (let request = 1; request <= 6000; request += 1) {
      const isCanary = random() < 0.25;
      const latency = 40 * Math.exp(0.5 * normalFrom(random));
      addTo((isCanary ? canary : baseline) as Histogram, isCanary ? latency * factor : latency);
      if (request % 600 > 0) continue;
      const found = quantileDifference(baseline as Histogram, canary as Histogram, 0.95, 0.05);
      isExcluded ||= found !== undefined && (found.low > 0 || found.high < 0);
    }
    if (isExcluded) count += 1;
  }
  return count / runs;
}

test("covers no difference of equal arms, and finds one of 50%", () => {
  expect(excluded(1, 60)).toBeLessThanOrEqual(0.05);
  expect(excluded(1.5, 20)).toBe(1);
});

test("is open while few values bound it, and undefined without any", () => {
  const few: Histogram = {};
  for (const value of [10, 20, 30]) addTo(few, value);
  expect(quantileDifference(few, few, 0.95, 0.05)).toMatchObject({
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
  });
  expect(quantileDifference({}, few, 0.95, 0.05)).toBeUndefined();
});
