import { normalQuantile } from "../normal.ts";
import { wilsonInterval } from "../proportion.ts";
import { calibrationShift, calibrationVariance } from "./calibration-errors.ts";
import { type Cells, type ExpectedCells, rowsOf } from "./cells.ts";

/** Shares from 0 to 1; null where nothing could be counted: no row predicted positive has no precision. */
export interface CellMetrics {
  accuracy: number | null;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  specificity: number | null;
}

export type CellMetric = keyof CellMetrics;

/** Standard deviations on either side that hold 95% of a normal distribution. */
export const z95 = normalQuantile(0.975);

export interface Band {
  low: number;
  high: number;
}

/** Computes accuracy, precision, recall, F1 and specificity of four cells, expected or counted (docs/spec/drift.md section 11.1). */
export function metricsOf(cells: Cells): CellMetrics {
  const { truePositive, falsePositive, falseNegative, trueNegative } = cells;
  return {
    accuracy: share(truePositive + trueNegative, rowsOf(cells)),
    precision: share(truePositive, truePositive + falsePositive),
    recall: share(truePositive, truePositive + falseNegative),
    f1: share(truePositive, truePositive + (falsePositive + falseNegative) / 2),
    specificity: share(trueNegative, trueNegative + falsePositive),
  };
}

/** Computes the value of the cells: each count times the value of its cell, in the currency of the values. */
export function worthOf(cells: Cells, values: Cells): number {
  return (
    cells.truePositive * values.truePositive +
    cells.falsePositive * values.falsePositive +
    cells.falseNegative * values.falseNegative +
    cells.trueNegative * values.trueNegative
  );
}

/**
 * Computes the standard deviation of each realised metric of the same rows, when each label is an independent draw by its calibrated
 * probability, and calibration itself has the errors of the labels it was fitted on (docs/spec/drift.md section 11.2). Excludes a changed
 * relation of inputs to labels.
 */
export function deviationsOf(cells: ExpectedCells): CellMetrics {
  const { variancePositive: v1, varianceNegative: v0, errors } = cells;
  return gradientsOf(cells, (first, second) =>
    Math.sqrt(first * first * v1 + second * second * v0 + (errors ? calibrationVariance(errors, first, second) : 0)),
  );
}

/** Computes a value of each metric from how it changes with the positives among rows predicted positive, and among the others. */
function gradientsOf(
  { truePositive: tp, falsePositive: fp, falseNegative: fn, trueNegative: tn }: Cells,
  compute: (first: number, second: number) => number,
): CellMetrics {
  const positives = tp + fn;
  const predicted = tp + fp;
  const negatives = tn + fp;
  const rows = positives + negatives;
  const both = tp + predicted + fn;
  const of = (count: number, first: number, second: number) => (count > 0 ? compute(first, second) : null);
  return {
    accuracy: of(rows, 1 / rows, -1 / rows),
    precision: of(predicted, 1 / predicted, 0),
    recall: of(positives, fn / positives ** 2, -tp / positives ** 2),
    f1: of(both, (2 * (predicted + fn)) / both ** 2, (-2 * tp) / both ** 2),
    specificity: of(negatives, tn / negatives ** 2, -fp / negatives ** 2),
  };
}

/**
 * Computes the band that contains a realised metric with a probability of 95%, within 0 and 1: estimate ± z·sd, moved by the overconfidence
 * that the labels of the reference show of a fit, and never without the estimate.
 */
export function bandsOf(cells: ExpectedCells, z = z95): Record<CellMetric, Band | null> {
  const metrics = metricsOf(cells);
  const deviations = deviationsOf(cells);
  const { errors } = cells;
  const shifts = errors && gradientsOf(cells, (first, second) => calibrationShift(errors, first, second));
  const band = (metric: CellMetric): Band | null => {
    const [value, deviation] = [metrics[metric], deviations[metric]];
    if (value === null || deviation === null) return null;
    const centre = value + (shifts?.[metric] ?? 0);
    return clipped({ low: Math.min(value, centre - z * deviation), high: Math.max(value, centre + z * deviation) });
  };
  return {
    accuracy: band("accuracy"),
    precision: band("precision"),
    recall: band("recall"),
    f1: band("f1"),
    specificity: band("specificity"),
  };
}

/**
 * Intervals of realised metrics, those of Wilson. F1 is not a share of rows, but it grows with one (below).
 */
export function intervalsOf(cells: Cells, level = 0.95): Record<CellMetric, Band | null> {
  const { truePositive: tp, falsePositive: fp, falseNegative: fn, trueNegative: tn } = cells;
  const of = (good: number, count: number) =>
    count > 0 ? wilsonInterval({ share: good / count, count }, level) : null;
  return {
    accuracy: of(tp + tn, rowsOf(cells)),
    precision: of(tp, tp + fp),
    recall: of(tp, tp + fn),
    f1: intervalOfF1(tp, fp + fn, level),
    specificity: of(tn, tn + fp),
  };
}

/**
 * Computes the interval of F1 = 2q / (1 + q) from Jaccard's q = TP / (TP + FP + FN), which is a share of rows, so Wilson's interval
 * applies.
 */
function intervalOfF1(hits: number, misses: number, level: number): Band | null {
  if (hits + misses === 0) return null;
  const { low, high } = wilsonInterval({ share: hits / (hits + misses), count: hits + misses }, level);
  return { low: (2 * low) / (1 + low), high: (2 * high) / (1 + high) };
}

function share(good: number, of: number): number | null {
  return of > 0 ? good / of : null;
}

function clipped({ low, high }: Band): Band {
  return { low: Math.max(0, low), high: Math.min(1, high) };
}
