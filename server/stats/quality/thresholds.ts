import { ArgumentError } from "../argument-error.ts";
import { type CellMetrics, metricsOf, worthOf } from "../estimation/cell-metrics.ts";
import type { Cells } from "../estimation/cells.ts";
import { cellsOfBins, type ExpectedBins } from "../estimation/score-bins.ts";

/** Effect of a decision threshold on the given rows. */
export interface CutOffPoint extends CellMetrics {
  cutOff: number;
  cells: Cells;
  /** In the currency of the values, per 1,000 rows; null when no values of predictions are set. */
  valuePer1000: number | null;
}

const maxSteps = 10_000;

/**
 * Computes every metric at evenly spaced decision thresholds from 0 to 1, for the slider and its cost curve. The bins contain labels
 * or calibrated scores.
 * @throws ArgumentError for steps that are not a whole number from 1 to 10,000
 */
export function cutOffCurve(bins: ExpectedBins, values: Cells | null, steps = 64): CutOffPoint[] {
  if (!(Number.isInteger(steps) && steps >= 1 && steps <= maxSteps)) {
    throw new ArgumentError("The number of steps must be a whole number from 1 to 10,000.");
  }
  return Array.from({ length: steps + 1 }, (_, step) => {
    const cutOff = step / steps;
    const { truePositive, falsePositive, falseNegative, trueNegative } = cellsOfBins(bins, cutOff);
    const cells = { truePositive, falsePositive, falseNegative, trueNegative };
    const rows = truePositive + falsePositive + falseNegative + trueNegative;
    return {
      cutOff,
      cells,
      ...metricsOf(cells),
      valuePer1000: values && rows > 0 ? (1000 * worthOf(cells, values)) / rows : null,
    };
  });
}

/** Returns the decision threshold with the highest value; of equals the one nearest to a half. Null without values. */
export function bestCutOff(curve: readonly CutOffPoint[]): CutOffPoint | null {
  const known = curve.filter(({ valuePer1000 }) => valuePer1000 !== null);
  const most = Math.max(...known.map(({ valuePer1000 }) => valuePer1000 as number));
  const best = known.filter(({ valuePer1000 }) => (valuePer1000 as number) > most - 1e-9);
  return best.sort((a, b) => Math.abs(a.cutOff - 0.5) - Math.abs(b.cutOff - 0.5))[0] ?? null;
}
