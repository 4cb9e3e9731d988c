import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "./random.ts";
import { meanInterval, studentQuantile } from "./student-t.ts";

// Tables of Student's t, 97.5% and 99.5%: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, with more digits from R's qt().
test.each([
  [0.975, 1, 12.7062047361747],
  [0.975, 2, 4.30265272974946],
  [0.975, 4, 2.77644510519779],
  [0.975, 9, 2.2621571628],
  [0.975, 29, 2.0452296421],
  [0.975, 1_000, 1.9623390808],
  [0.995, 5, 4.03214298355523],
  [0.9, 10, 1.37218364111034],
])("matches tables for the quantile %d with %d degrees of freedom", (probability, freedom, expected) => {
  expect(studentQuantile(probability, freedom)).toBeCloseTo(expected, 8);
});

test("approaches the normal quantile for very many values", () => {
  expect(studentQuantile(0.975, 1e7)).toBeCloseTo(1.959964, 5);
});

test("computes the interval of five seeds as mean ± 2.776 s / √5", () => {
  const { low, high } = meanInterval({ count: 5, mean: 0.95, deviation: 0.01 }) ?? { low: 0, high: 0 };
  expect((high - low) / 2).toBeCloseTo((2.77644510519779 * 0.01) / Math.sqrt(5), 12);
  expect((high + low) / 2).toBeCloseTo(0.95, 12);
});

test("returns a zero-width interval for equal values", () => {
  expect(meanInterval({ count: 3, mean: 2, deviation: 0 })).toEqual({ low: 2, high: 2 });
});

test("returns undefined for fewer than two values or NaN", () => {
  expect(meanInterval({ count: 1, mean: 1, deviation: 0 })).toBeUndefined();
  expect(meanInterval({ count: 0, mean: Number.NaN, deviation: Number.NaN })).toBeUndefined();
});

test("covers the mean of normal samples in 95 of 100 intervals", () => {
  const random = seededRandom(42);
  let covered = 0;
  for (let round = 0; round < 2_000; round++) {
    const values = Array.from({ length: 4 }, () => 7 + 3 * normalFrom(random));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
    const interval = meanInterval({ count: values.length, mean, deviation });
    if (interval && interval.low <= 7 && 7 <= interval.high) covered += 1;
  }
  // Four standard errors around 95%.
  expect(covered / 2_000).toBeGreaterThan(0.93);
  expect(covered / 2_000).toBeLessThan(0.97);
});
