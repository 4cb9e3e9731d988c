import type { Band } from "../estimation/cell-metrics.ts";
import { intervalsOf, metricsOf } from "../estimation/cell-metrics.ts";
import type { Cells } from "../estimation/cells.ts";
import { wilsonInterval } from "../proportion.ts";

/** Number of rows of an actual class that were predicted as a class. */
export interface ConfusionCell {
  truth: string;
  answer: string;
  count: number;
}

/** A class against the rest. Shares from 0 to 1; null where nothing could be counted. */
interface ClassMetrics {
  name: string;
  /** Rows of the class, and rows predicted as the class. */
  support: number;
  predicted: number;
  precision: number | null;
  precisionInterval: Band | null;
  recall: number | null;
  recallInterval: Band | null;
  f1: number | null;
}

export interface ConfusionMetrics {
  rows: number;
  accuracy: number | null;
  accuracyInterval: Band | null;
  /** Means over the classes that occur as actual or predicted ones; a class that is never predicted has a precision of 0. */
  macroPrecision: number | null;
  macroRecall: number | null;
  macroF1: number | null;
  /** In the order of names. */
  classes: ClassMetrics[];
}

/** Counts the four cells of one class against all others. */
export function cellsOf(confusion: readonly ConfusionCell[], name: string): Cells {
  const cells: Cells = { truePositive: 0, falsePositive: 0, falseNegative: 0, trueNegative: 0 };
  for (const { truth, answer, count } of confusion) {
    if (answer === name) cells[truth === name ? "truePositive" : "falsePositive"] += count;
    else cells[truth === name ? "falseNegative" : "trueNegative"] += count;
  }
  return cells;
}

/**
 * Computes accuracy, and precision, recall and F1 of each class, with Wilson's 95% intervals. Macro means are those of scikit-learn with
 * zero_division=0: what a class lacks counts as 0, or a model that never predicts a class would look better for it.
 */
export function confusionMetrics(confusion: readonly ConfusionCell[]): ConfusionMetrics {
  const names = [...new Set(confusion.flatMap(({ truth, answer }) => [truth, answer]))].sort();
  const rows = confusion.reduce((sum, { count }) => sum + count, 0);
  const right = confusion.reduce((sum, { truth, answer, count }) => sum + (truth === answer ? count : 0), 0);
  const classes = names.map((name): ClassMetrics => {
    const cells = cellsOf(confusion, name);
    const [metrics, intervals] = [metricsOf(cells), intervalsOf(cells)];
    return {
      name,
      support: cells.truePositive + cells.falseNegative,
      predicted: cells.truePositive + cells.falsePositive,
      precision: metrics.precision,
      precisionInterval: intervals.precision,
      recall: metrics.recall,
      recallInterval: intervals.recall,
      f1: metrics.f1,
    };
  });
  return {
    rows,
    accuracy: rows > 0 ? right / rows : null,
    accuracyInterval: rows > 0 ? wilsonInterval({ share: right / rows, count: rows }) : null,
    macroPrecision: meanOf(classes.map(({ precision }) => precision)),
    macroRecall: meanOf(classes.map(({ recall }) => recall)),
    macroF1: meanOf(classes.map(({ f1 }) => f1)),
    classes,
  };
}

/** Computes the mean, in which an unknown value counts as 0; null without values. */
function meanOf(values: readonly (number | null)[]): number | null {
  return values.length === 0 ? null : values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / values.length;
}
