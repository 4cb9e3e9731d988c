import { expect, test } from "vitest";
import { addTo, type Histogram } from "../histogram.ts";
import { normalFrom, seededRandom } from "../random.ts";
import { bandRadius, shapeTest, slowerThan, slowLimit } from "./latency.ts";

function latencies(count: number, factor: number, seed: number): Histogram {
  const random = seededRandom(seed);
  const histogram: Histogram = {};
  for (let index = 0; index < count; index += 1) addTo(histogram, factor * 40 * Math.exp(0.5 * normalFrom(random)));
  return histogram;
}

test("finds 5% of the baseline above its own slow limit, and far more of a slower canary", () => {
  const limit = slowLimit(latencies(20_000, 1, 1)) as number;
  expect(limit).toBeCloseTo(40 * Math.exp(0.5 * 1.645), -1);
  const share = (factor: number) => {
    const { units, events } = slowerThan(latencies(10_000, factor, 2), limit);
    return events / units;
  };
  expect(share(1)).toBeCloseTo(0.05, 1);
  expect(share(1.5)).toBeGreaterThan(0.18);
  expect(slowLimit({})).toBeUndefined();
});

test("locates where a canary is slower, and reports nothing otherwise", () => {
  const slower = shapeTest(latencies(9000, 1, 3), latencies(1000, 1.3, 4), 0.05);
  expect(slower.allowed).toBeCloseTo(0.114611, 6);
  expect(slower.gap).toBeGreaterThan(slower.allowed);
  expect(slower.at).toBeGreaterThan(35);
  expect(slower.at).toBeLessThan(60);
  const same = shapeTest(latencies(9000, 1, 5), latencies(1000, 1, 6), 0.05);
  expect(same.gap).toBeLessThan(same.allowed);
  expect(shapeTest({}, latencies(1000, 1, 6), 0.05).allowed).toBe(Number.POSITIVE_INFINITY);
});

test("uses the stricter table entry for levels in between, and an infinite band for too few values", () => {
  expect(bandRadius(1000, 0.04, 1)).toBe(bandRadius(1000, 0.025, 1));
  expect(bandRadius(29, 0.05, 30)).toBe(Number.POSITIVE_INFINITY);
});
