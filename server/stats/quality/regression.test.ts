import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "../random.ts";
import { addError, addErrors, type ErrorSums, emptyErrors, numberMetrics } from "./regression.ts";

/** Rows whose actual values lie around `level` with a deviation of 2; predictions miss them by about 0.8. */
function rowsAround(level: number): [number, number][] {
  const random = seededRandom(31);
  return Array.from({ length: 500 }, () => {
    const truth = level + 2 * normalFrom(random);
    return [truth + 0.8 * normalFrom(random), truth];
  });
}

/** Computes R² in two passes, as scikit-learn's r2_score does. */
function r2Of(rows: readonly [number, number][]): number {
  const [, first] = rows[0] as [number, number];
  const mean = rows.reduce((sum, [, truth]) => sum + (truth - first), 0) / rows.length;
  const rest = rows.reduce((sum, [predicted, truth]) => sum + (predicted - truth) ** 2, 0);
  return 1 - rest / rows.reduce((sum, [, truth]) => sum + (truth - first - mean) ** 2, 0);
}

function summed(rows: readonly [number, number][]): ErrorSums {
  const sums = emptyErrors();
  for (const [predicted, truth] of rows) addError(sums, predicted, truth);
  return sums;
}

test.each([0, 1e8, 1e12])(
  "computes R² of actual values around %d as in two passes, added up in one or many parts",
  (level) => {
    const rows = rowsAround(level);
    const expected = r2Of(rows);
    // Numbers around 1e12 are a ten-thousandth apart.
    const digits = level === 1e12 ? 5 : 9;
    expect(expected).toBeGreaterThan(0.8);
    expect(numberMetrics(summed(rows)).r2).toBeCloseTo(expected, digits);
    const parts = Array.from({ length: 25 }, (_, part) => summed(rows.slice(part * 20, part * 20 + 20)));
    expect(numberMetrics(parts.reduce(addErrors)).r2).toBeCloseTo(expected, digits);
  },
);

test("keeps the interval of a bias that is large beside its spread", () => {
  const metrics = numberMetrics(summed(rowsAround(0).map(([predicted, truth]) => [predicted + 1e9, truth])));
  const { low = 0, high = 0 } = metrics.bias?.interval ?? {};
  expect(high - low).toBeCloseTo((2 * 1.965 * 0.8) / Math.sqrt(500), 1);
});

test("reads and adds sums of an older release, which have no moments", () => {
  const rows = rowsAround(0);
  const { moments: _, ...older } = summed(rows.slice(0, 200));
  expect(numberMetrics(older).r2).toBeCloseTo(r2Of(rows.slice(0, 200)), 9);
  expect(numberMetrics(addErrors(older, summed(rows.slice(200)))).r2).toBeCloseTo(r2Of(rows), 9);
});

test("covers the true bias with intervals of three predictions in about 95% of samples", () => {
  const random = seededRandom(8);
  let held = 0;
  for (let sample = 0; sample < 2000; sample += 1) {
    const { bias } = numberMetrics(summed(Array.from({ length: 3 }, () => [normalFrom(random), 0])));
    if (bias?.interval && bias.interval.low <= 0 && bias.interval.high >= 0) held += 1;
  }
  expect(held / 2000).toBeGreaterThan(0.935);
  expect(held / 2000).toBeLessThan(0.965);
  expect(numberMetrics(summed([[2, 1]])).bias).toEqual({ value: 1, interval: null });
});

test("stays finite for extreme numbers, and rejects those that are not finite", () => {
  const metrics = numberMetrics(
    summed([
      [1e308, -1e308],
      [-1e308, 1e308],
      [0, 5e-324],
    ]),
  );
  expect(Number.isFinite(metrics.rootMeanSquaredError?.value)).toBe(true);
  expect(Number.isFinite(metrics.r2)).toBe(true);
  expect(() => addError(emptyErrors(), Number.NaN, 1)).toThrow("must be finite numbers");
});
