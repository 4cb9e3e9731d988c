import { expect, test } from "vitest";
import { quantileIntervals } from "./quantile-interval.ts";
import { type Random, seededRandom } from "./random.ts";

const exponential = (random: Random, mean: number) => -mean * Math.log1p(-random());

/** Times in an M/M/1 queue with services of mean 1, by Lindley's recursion, from its steady state on. */
function queueTimes(random: Random, load: number, count: number): number[] {
  let waiting = random() < load ? exponential(random, 1 / (1 - load)) : 0;
  return Array.from({ length: count }, () => {
    const service = exponential(random, 1);
    const time = waiting + service;
    waiting = Math.max(0, time - exponential(random, 1 / load));
    return time;
  });
}

function coverage(runs: number, make: (random: Random) => number[], share: number, truth: number): number {
  const hits = Array.from({ length: runs }, (_, run) => {
    const estimate = quantileIntervals(make(seededRandom(run + 1)), [share])[0];
    return estimate !== undefined && estimate.low <= truth && truth <= estimate.high;
  });
  return hits.filter(Boolean).length / runs;
}

test("covers the quantile of independent values at about the nominal rate", () => {
  const make = (random: Random) => Array.from({ length: 500 }, () => exponential(random, 1));
  expect(coverage(400, make, 0.5, Math.log(2))).toBeGreaterThan(0.92);
  expect(coverage(400, make, 0.95, Math.log(20))).toBeGreaterThan(0.91);
});

test("covers the quantile of dependent times in a busy queue", () => {
  // The time in an M/M/1 queue is exponential with mean 1/(1−ρ): p95 = ln 20 / 0.3.
  const make = (random: Random) => queueTimes(random, 0.7, 4000);
  expect(coverage(300, make, 0.95, Math.log(20) / 0.3)).toBeGreaterThan(0.87);
});

test("returns the smallest value at the quantile, and undefined without values", () => {
  const [p50, p99] = quantileIntervals([4, 1, 3, 2], [0.5, 0.99]);
  expect(p50?.value).toBe(2);
  expect(p99).toEqual({ value: 4, low: 4, high: 4 });
  expect(quantileIntervals([], [0.5])).toEqual([undefined]);
});
