import type { Band } from "../estimation/cell-metrics.ts";
import { normalQuantile } from "../normal.ts";

/** Sums over labelled numeric predictions; those of two time ranges can be added. Errors are prediction minus actual. */
export interface ErrorSums {
  count: number;
  error: number;
  absolute: number;
  squared: number;
  /** Σ error⁴, for the interval of the root mean squared error. */
  fourth: number;
  truth: number;
  absoluteTruth: number;
  truthSquared: number;
  /** Σ |error / truth|, and of how many: of a truth of zero there is no share. */
  relative: number;
  relativeSquared: number;
  relativeCount: number;
  /** Predictions within the requested distance of the actual value. */
  within: number;
}

interface NumberMetric {
  value: number;
  interval: Band;
}

/**
 * In the unit of the prediction, except shares (meanAbsolutePercentageError, weightedAbsolutePercentageError, r2, within); null if
 * undefined.
 */
export interface NumberMetrics {
  meanAbsoluteError: NumberMetric | null;
  rootMeanSquaredError: NumberMetric | null;
  /** Mean of prediction less truth: above 0, it says too much. */
  bias: NumberMetric | null;
  meanAbsolutePercentageError: NumberMetric | null;
  /** Σ|error| / Σ|truth| (WAPE), which zeroes do not break. */
  weightedAbsolutePercentageError: number | null;
  r2: number | null;
}

/** Returns error sums without any prediction. */
export function emptyErrors(): ErrorSums {
  return {
    count: 0,
    error: 0,
    absolute: 0,
    squared: 0,
    fourth: 0,
    truth: 0,
    absoluteTruth: 0,
    truthSquared: 0,
    relative: 0,
    relativeSquared: 0,
    relativeCount: 0,
    within: 0,
  };
}

/** Adds one labelled prediction. @param tolerance largest error that counts as correct; null: not defined, so that none is within */
export function addError(sums: ErrorSums, predicted: number, truth: number, tolerance: number | null = null): void {
  const error = predicted - truth;
  sums.count += 1;
  sums.error += error;
  sums.absolute += Math.abs(error);
  sums.squared += error ** 2;
  sums.fourth += error ** 4;
  sums.truth += truth;
  sums.absoluteTruth += Math.abs(truth);
  sums.truthSquared += truth ** 2;
  if (tolerance !== null && Math.abs(error) <= tolerance) sums.within += 1;
  if (truth === 0) return;
  sums.relative += Math.abs(error / truth);
  sums.relativeSquared += (error / truth) ** 2;
  sums.relativeCount += 1;
}

/** Adds the sums of two sets of predictions. */
export function addErrors(a: ErrorSums, b: ErrorSums): ErrorSums {
  const sums = { ...a };
  for (const key of Object.keys(sums) as (keyof ErrorSums)[]) sums[key] += b[key];
  return sums;
}

/**
 * Computes metrics of regression and forecasts from their sums, with 95% intervals by the normal approximation of a mean; that of RMSE
 * by the delta method, √ of a mean of squares.
 */
export function numberMetrics(sums: ErrorSums): NumberMetrics {
  const { count, error, absolute, squared, fourth, relative, relativeSquared, relativeCount } = sums;
  const square = meanOf(squared, fourth, count);
  const root = square && Math.sqrt(Math.max(0, square.value));
  const spread = sums.truthSquared - sums.truth ** 2 / Math.max(1, count);
  return {
    meanAbsoluteError: positive(meanOf(absolute, squared, count)),
    rootMeanSquaredError:
      square && root !== null
        ? { value: root, interval: { low: rootOf(square.interval.low), high: rootOf(square.interval.high) } }
        : null,
    bias: meanOf(error, squared, count),
    meanAbsolutePercentageError: positive(meanOf(relative, relativeSquared, relativeCount)),
    weightedAbsolutePercentageError: sums.absoluteTruth > 0 ? absolute / sums.absoluteTruth : null,
    r2: count > 1 && spread > 0 ? 1 - squared / spread : null,
  };
}

function meanOf(sum: number, squares: number, count: number): NumberMetric | null {
  if (count === 0) return null;
  const value = sum / count;
  const variance = count > 1 ? Math.max(0, squares - count * value * value) / (count - 1) : 0;
  const half = normalQuantile(0.975) * Math.sqrt(variance / count);
  return { value, interval: { low: value - half, high: value + half } };
}

function positive(metric: NumberMetric | null): NumberMetric | null {
  return metric && { ...metric, interval: { ...metric.interval, low: Math.max(0, metric.interval.low) } };
}

function rootOf(value: number): number {
  return Math.sqrt(Math.max(0, value));
}
