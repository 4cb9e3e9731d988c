import { expect, test } from "vitest";
import { addTo, bucketOf, countOf, type Histogram, merge, quantiles, relativeError } from "./histogram.ts";
import { seededRandom } from "./random.ts";

const distributions: Record<string, (random: () => number) => number> = {
  uniform: (random) => random() * 1000,
  exponential: (random) => -Math.log(1 - random()) * 20,
  "heavy tail": (random) => 2 / (1 - random()) ** (1 / 1.1),
  "two humps": (random) => (random() < 0.9 ? 3 + random() : 400 + random() * 50),
  constant: () => 42,
};

const build = (values: number[]): Histogram => {
  const histogram: Histogram = {};
  for (const value of values) addTo(histogram, value);
  return histogram;
};

test.each(Object.keys(distributions))("estimates every quantile of a %s sample within the guaranteed error", (name) => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = seededRandom(seed);
    const size = 1 + Math.floor(random() * 3000);
    const values = Array.from({ length: size }, () => distributions[name]?.(random) ?? 0);
    const exact = values.toSorted((a, b) => a - b);
    const shares = [0, 0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1];
    for (const [index, estimate] of quantiles(build(values), shares).entries()) {
      const rank = Math.max(1, Math.ceil((shares[index] ?? 0) * size - 1e-9));
      const truth = exact[rank - 1] ?? Number.NaN;
      expect(Math.abs((estimate ?? 0) - truth)).toBeLessThanOrEqual(truth * (relativeError + 1e-6));
    }
  }
});

test("merges histograms into the histogram of all values, in any order and grouping", () => {
  const random = seededRandom(7);
  const parts = Array.from({ length: 3 }, () => Array.from({ length: 500 }, () => random() * 100));
  const [a, b, c] = parts.map(build) as [Histogram, Histogram, Histogram];
  const whole = build(parts.flat());
  expect(merge(merge(a, b), c)).toEqual(whole);
  expect(merge(c, merge(b, a))).toEqual(whole);
  expect(countOf(whole)).toBe(1500);
});

test("does not modify its inputs when merging", () => {
  const a = build([1, 2]);
  merge(a, build([1, 3]));
  expect(a).toEqual(build([1, 2]));
});

test("never assigns a larger value to a lower bucket", () => {
  const random = seededRandom(11);
  const values = Array.from({ length: 5000 }, () => 10 ** (random() * 14 - 5)).toSorted((a, b) => a - b);
  for (const [index, value] of values.slice(1).entries()) {
    expect(bucketOf(value)).toBeGreaterThanOrEqual(bucketOf(values[index] ?? 0));
  }
});

test("handles no values, NaN, zero and infinity", () => {
  expect(quantiles({}, [0.5, 0.99])).toEqual([undefined, undefined]);
  expect(build([Number.NaN])).toEqual({});
  expect(quantiles(build([0, -1]), [0.5])[0]).toBeCloseTo(1e-3, 4);
  expect(quantiles(build([Number.POSITIVE_INFINITY]), [0.5])[0]).toBeCloseTo(1e9, -8);
});
