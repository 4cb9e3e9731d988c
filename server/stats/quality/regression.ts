import { requireFinite } from "../argument-error.ts";
import type { Band } from "../estimation/cell-metrics.ts";
import { addMoment, type Moments, mergeMoments, momentsOfSums } from "../moments.ts";
import { meanInterval } from "../student-t.ts";

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
  /** Means and spreads that plain sums lose where values are large beside their spread. Absent in counts of older releases. */
  moments?: ErrorMoments | undefined;
}

/** Of errors, their absolute values, their squares, actual values, and |error / truth|. */
type ErrorMoments = Record<"error" | "absolute" | "squared" | "truth" | "relative", Moments>;

interface NumberMetric {
  value: number;
  /** Null for a single prediction, which says nothing about the others. */
  interval: Band | null;
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

/** Values beyond are counted as this, so that sums of their fourth powers stay finite. */
const largest = 1e70;

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
    moments: noMoments(),
  };
}

/**
 * Adds one labelled prediction.
 * @param tolerance largest error that counts as correct; null: not defined, so that none is within
 * @throws ArgumentError for numbers that are not finite
 */
export function addError(sums: ErrorSums, predicted: number, truth: number, tolerance: number | null = null): void {
  requireFinite([predicted, truth], "Predictions and actual values");
  const moments = momentsOf(sums);
  const [error, actual] = [limited(predicted - truth), limited(truth)];
  sums.count += 1;
  sums.error += error;
  sums.absolute += Math.abs(error);
  sums.squared += error ** 2;
  sums.fourth += error ** 4;
  sums.truth += actual;
  sums.absoluteTruth += Math.abs(actual);
  sums.truthSquared += actual ** 2;
  moments.error = addMoment(moments.error, error, sums.count);
  moments.absolute = addMoment(moments.absolute, Math.abs(error), sums.count);
  moments.squared = addMoment(moments.squared, error ** 2, sums.count);
  moments.truth = addMoment(moments.truth, actual, sums.count);
  sums.moments = moments;
  if (tolerance !== null && Math.abs(error) <= tolerance) sums.within += 1;
  if (truth === 0) return;
  const relative = Math.min(largest, Math.abs(error / truth));
  sums.relative += relative;
  sums.relativeSquared += relative ** 2;
  sums.relativeCount += 1;
  moments.relative = addMoment(moments.relative, relative, sums.relativeCount);
}

/** Adds the sums of two sets of predictions. */
export function addErrors(a: ErrorSums, b: ErrorSums): ErrorSums {
  const { moments: _, ...sums } = a;
  for (const key of Object.keys(sums) as (keyof typeof sums)[]) sums[key] += b[key];
  const [first, second] = [momentsOf(a), momentsOf(b)];
  const merged = (key: keyof ErrorMoments) => mergeMoments(first[key], a.count, second[key], b.count);
  return {
    ...sums,
    moments: {
      error: merged("error"),
      absolute: merged("absolute"),
      squared: merged("squared"),
      truth: merged("truth"),
      relative: mergeMoments(first.relative, a.relativeCount, second.relative, b.relativeCount),
    },
  };
}

/**
 * Computes metrics of regression and forecasts from their sums, with 95% intervals of a mean by Student's t; that of RMSE by the delta
 * method, √ of a mean of squares.
 */
export function numberMetrics(sums: ErrorSums): NumberMetrics {
  const { count, relativeCount } = sums;
  const moments = momentsOf(sums);
  const square = meanOf(moments.squared, count);
  const unexplained = ratioOf(sums.squared, moments.truth.m2);
  const rootOf = (value: number) => Math.sqrt(Math.max(0, value));
  return {
    meanAbsoluteError: positive(meanOf(moments.absolute, count)),
    rootMeanSquaredError: square && {
      value: rootOf(square.value),
      interval: square.interval && { low: rootOf(square.interval.low), high: rootOf(square.interval.high) },
    },
    bias: meanOf(moments.error, count),
    meanAbsolutePercentageError: positive(meanOf(moments.relative, relativeCount)),
    weightedAbsolutePercentageError: ratioOf(sums.absolute, sums.absoluteTruth),
    r2: count > 1 && unexplained !== null ? 1 - unexplained : null,
  };
}

function meanOf({ mean, m2 }: Moments, count: number): NumberMetric | null {
  if (count === 0) return null;
  const deviation = Math.sqrt(Math.max(0, m2) / Math.max(1, count - 1));
  return { value: mean, interval: meanInterval({ count, mean, deviation }) ?? null };
}

function ratioOf(part: number, of: number): number | null {
  const ratio = of > 0 ? part / of : Number.NaN;
  return Number.isFinite(ratio) ? ratio : null;
}

function positive(metric: NumberMetric | null): NumberMetric | null {
  return metric?.interval
    ? { ...metric, interval: { ...metric.interval, low: Math.max(0, metric.interval.low) } }
    : metric;
}

/** Returns the moments, from the sums where an older release counted. */
function momentsOf(sums: ErrorSums): ErrorMoments {
  if (sums.moments) return sums.moments;
  const { count, relativeCount } = sums;
  return {
    error: momentsOfSums(sums.error, sums.squared, count),
    absolute: momentsOfSums(sums.absolute, sums.squared, count),
    squared: momentsOfSums(sums.squared, sums.fourth, count),
    truth: momentsOfSums(sums.truth, sums.truthSquared, count),
    relative: momentsOfSums(sums.relative, sums.relativeSquared, relativeCount),
  };
}

function noMoments(): ErrorMoments {
  const none = { mean: 0, m2: 0 };
  return { error: none, absolute: none, squared: none, truth: none, relative: none };
}

function limited(value: number): number {
  return Math.max(-largest, Math.min(largest, value));
}
