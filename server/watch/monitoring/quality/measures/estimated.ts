import { calibrationShift, calibrationVariance, cellErrors } from "#server/stats/estimation/calibration-errors.ts";
import { bandsOf, metricsOf, z95 } from "#server/stats/estimation/cell-metrics.ts";
import { rowsOf } from "#server/stats/estimation/cells.ts";
import { drawnBandsOfBins } from "#server/stats/estimation/drawn-bands.ts";
import { aucOfBins, cellsOfBins, precisionOfBins } from "#server/stats/estimation/score-bins.ts";
import type { Metrics } from "../contract.ts";
import type { Expectation } from "./expectation.ts";
import { put, type Reading } from "./realised.ts";

/**
 * Computes the metrics expected from scores, with the band for their labels and for the calibration (docs/spec/drift.md sections 11.1 and 11.2). Regression has no
 * scores: see loss-estimates.ts.
 * @param isDrawn whether to compute bands of AUC and average precision too, for which labels are drawn 200 times
 */
export function estimatedMetrics(expectation: Expectation, { cutOff }: Reading, isDrawn = false): Metrics {
  const metrics: Metrics = {};
  const { bins, rows, right, variance, uncertain } = expectation;
  if (!bins) {
    const errors = cellErrors(uncertain, () => 1);
    const half = (z95 * Math.sqrt(variance + calibrationVariance(errors, 1, 0))) / rows;
    const accuracy = right / rows;
    const centre = accuracy + calibrationShift(errors, 1, 0) / rows;
    const band = clipped(Math.min(accuracy, centre - half), Math.max(accuracy, centre + half));
    if (rows > 0) put(metrics, "accuracy", accuracy, band, rows);
    return metrics;
  }
  const cells = cellsOfBins(bins, cutOff);
  const all = rowsOf(cells);
  if (all <= 0) return {};
  const [values, bands] = [metricsOf(cells), bandsOf(cells)];
  for (const key of ["accuracy", "precision", "recall", "f1", "specificity"] as const) {
    put(metrics, key, values[key], bands[key], all);
  }
  const drawn = isDrawn ? drawnBandsOfBins(bins) : undefined;
  put(metrics, "rocAuc", aucOfBins(bins.count, bins.positive), drawn?.rocAuc ?? null, all);
  put(metrics, "averagePrecision", precisionOfBins(bins.count, bins.positive), drawn?.averagePrecision ?? null, all);
  return metrics;
}

/**
 * Returns the sum of the probabilities that predictions are correct, and their number: the SLI "estimated quality" (docs/spec/slo.md
 * section 6).
 */
export function expectedRight({ bins, rows, right }: Expectation, cutOff: number): { good: number; total: number } {
  if (!bins) return { good: right, total: rows };
  const cells = cellsOfBins(bins, cutOff);
  return { good: cells.truePositive + cells.trueNegative, total: rowsOf(cells) };
}

function clipped(low: number, high: number): { low: number; high: number } {
  return { low: Math.max(0, low), high: Math.min(1, high) };
}
