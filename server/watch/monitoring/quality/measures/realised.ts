import { intervalsOf, metricsOf } from "#server/stats/estimation/cell-metrics.ts";
import type { Cells } from "#server/stats/estimation/cells.ts";
import { aucOfBins, cellsOfBins, precisionOfBins } from "#server/stats/estimation/score-bins.ts";
import { aucInterval } from "#server/stats/quality/auc-interval.ts";
import { cellsOf, confusionMetrics } from "#server/stats/quality/confusion.ts";
import { numberMetrics } from "#server/stats/quality/regression.ts";
import type { Measured, Metrics } from "../contract.ts";
import type { QualityCounts } from "../counts/contract.ts";
import { mirrorOutcomes, type OutcomeBins, outcomeBins } from "../counts/outcome-bins.ts";
import type { TaskKind } from "../metrics/contract.ts";

/** Interpretation of predictions: the positive class and its decision threshold. */
export interface Reading {
  taskKind: TaskKind;
  /** For two classes: name of the positive one, and whether it is the first, whose scores are those of the other, mirrored. */
  positive: string;
  isMirrored: boolean;
  cutOff: number;
}

/**
 * Returns scores of two classes with their labels, from the perspective of the positive class. Undefined when predictions have no scores.
 */
export function scoredOutcomes(counts: QualityCounts, { isMirrored }: Reading): OutcomeBins | undefined {
  const cells = counts.scores[""];
  if (!cells) return undefined;
  const bins = outcomeBins(cells, counts.splitScores?.[""], counts.trueScores?.[""]);
  return isMirrored ? mirrorOutcomes(bins) : bins;
}

/** Returns the four cells of two classes at the decision threshold; from the predicted classes if there are no scores. */
export function realisedCells(counts: QualityCounts, reading: Reading): Cells {
  return cellsFrom(scoredOutcomes(counts, reading), counts, reading);
}

function cellsFrom(bins: OutcomeBins | undefined, counts: QualityCounts, reading: Reading): Cells {
  if (bins) {
    const { truePositive, falsePositive, falseNegative, trueNegative } = cellsOfBins(
      { ...bins, variance: new Float64Array(bins.count.length), uncertain: [] },
      reading.cutOff,
    );
    return { truePositive, falsePositive, falseNegative, trueNegative };
  }
  return cellsOf(confusionOf(counts), reading.positive);
}

/** Computes every metric of labelled predictions, with its interval if there is a formula. Metrics that cannot be computed are absent. */
export function realisedMetrics(counts: QualityCounts, reading: Reading): Metrics {
  if (reading.taskKind === "regression") return ofNumbers(counts);
  return reading.taskKind === "binary" ? ofTwo(counts, reading) : ofClasses(counts);
}

/** Converts the confusion matrix to the form that the statistics use. */
export function confusionOf({ confusion }: QualityCounts) {
  return confusion.map(([truth, answer, count]) => ({ truth, answer, count }));
}

function ofTwo(counts: QualityCounts, reading: Reading): Metrics {
  const bins = scoredOutcomes(counts, reading);
  const cells = cellsFrom(bins, counts, reading);
  const rows = cells.truePositive + cells.falsePositive + cells.falseNegative + cells.trueNegative;
  const [values, intervals] = [metricsOf(cells), intervalsOf(cells)];
  const metrics: Metrics = {};
  for (const key of ["accuracy", "precision", "recall", "f1", "specificity"] as const) {
    put(metrics, key, values[key], intervals[key], rows);
  }
  if (!bins) return metrics;
  const positives = cells.truePositive + cells.falseNegative;
  const auc = aucOfBins(bins.count, bins.positive);
  put(metrics, "rocAuc", auc, auc === null ? null : aucInterval(auc, positives, rows - positives), rows);
  put(metrics, "averagePrecision", precisionOfBins(bins.count, bins.positive), null, rows);
  return metrics;
}

function ofClasses(counts: QualityCounts): Metrics {
  const { rows, accuracy, accuracyInterval, ...of } = confusionMetrics(confusionOf(counts));
  const metrics: Metrics = {};
  put(metrics, "accuracy", accuracy, accuracyInterval, rows);
  put(metrics, "precision", of.macroPrecision, null, rows);
  put(metrics, "recall", of.macroRecall, null, rows);
  put(metrics, "f1", of.macroF1, null, rows);
  return metrics;
}

function ofNumbers({ errors }: QualityCounts): Metrics {
  if (!errors) return {};
  const of = numberMetrics(errors);
  const metrics: Metrics = {};
  for (const key of ["meanAbsoluteError", "rootMeanSquaredError", "bias"] as const) {
    put(metrics, key, of[key]?.value ?? null, of[key]?.interval ?? null, errors.count);
  }
  const share = of.meanAbsolutePercentageError;
  put(metrics, "meanAbsolutePercentageError", share?.value ?? null, share?.interval ?? null, errors.relativeCount);
  put(metrics, "weightedAbsolutePercentageError", of.weightedAbsolutePercentageError, null, errors.count);
  put(metrics, "r2", of.r2, null, errors.count);
  return metrics;
}

/** Sets a metric if it is known; otherwise it stays absent. */
export function put(
  metrics: Metrics,
  key: keyof Metrics,
  value: number | null,
  interval: { low: number; high: number } | null,
  rows: number,
): void {
  if (value === null) return;
  const measured: Measured = { value, low: interval?.low ?? null, high: interval?.high ?? null, rows };
  metrics[key] = measured;
}
