import { ArgumentError, requireSameLength } from "../argument-error.ts";
import { type Band, intervalsOf, metricsOf } from "../estimation/cell-metrics.ts";
import { type Cells, emptyCells } from "../estimation/cells.ts";
import { wilsonInterval } from "../proportion.ts";
import type { ClassResult } from "./classification.ts";

/** Metrics of rows that have any number of classes each; null where undefined. */
export interface MultiLabelMetrics {
  rows: number;
  /** Share of rows whose classes are all as predicted, with Wilson's interval. */
  exactMatch: number | null;
  exactMatchInterval: Band | null;
  /** Share of wrong ones among all pairs of a row and a class. */
  hammingLoss: number | null;
  /** Of all pairs together. */
  micro: { precision: number | null; recall: number | null; f1: number | null };
  /** Mean over the classes; an undefined value counts as 0. */
  macroF1: number | null;
  classes: ClassResult[];
}

/**
 * Computes metrics of multi-label rows: each class against the rest, and their means (docs/spec/evaluation.md section 2.4).
 * @param truth 1 for the classes of a row and 0 for the others, row after row @param answer the predicted ones in the same form
 * @throws ArgumentError for values other than 0 and 1, or lengths that are no multiple of the classes
 */
export function multiLabelMetrics(
  truth: ArrayLike<number>,
  answer: ArrayLike<number>,
  classes: number,
): MultiLabelMetrics {
  requireSameLength(truth, answer, "Actual and predicted classes");
  if (!(Number.isInteger(classes) && classes >= 1 && classes <= 65_534)) {
    throw new ArgumentError("The number of classes must be a whole number from 1 to 65,534.");
  }
  if (truth.length % classes !== 0) throw new ArgumentError("Every row must have a value for each class.");
  const rows = truth.length / classes;
  const cells = Array.from({ length: classes }, (): Cells => emptyCells());
  let exact = 0;
  for (let row = 0; row < rows; row += 1) {
    let isExact = true;
    for (let label = 0; label < classes; label += 1) {
      const actual = truth[row * classes + label] as number;
      const predicted = answer[row * classes + label] as number;
      if (!isBinary(actual) || !isBinary(predicted)) throw new ArgumentError("Classes of a row must be 0 or 1.");
      const of = cells[label] as Cells;
      if (predicted === 1) of[actual === 1 ? "truePositive" : "falsePositive"] += 1;
      else of[actual === 1 ? "falseNegative" : "trueNegative"] += 1;
      isExact &&= actual === predicted;
    }
    if (isExact) exact += 1;
  }
  const results = cells.map(classResult);
  const all = cells.reduce<Cells>(addCells, emptyCells());
  const { precision, recall, f1 } = metricsOf(all);
  const share = rows > 0 ? exact / rows : null;
  return {
    rows,
    exactMatch: share,
    exactMatchInterval: share === null ? null : wilsonInterval({ share, count: rows }),
    hammingLoss: rows > 0 ? (all.falsePositive + all.falseNegative) / truth.length : null,
    micro: { precision, recall, f1 },
    macroF1: rows > 0 ? results.reduce((sum, one) => sum + (one.f1 ?? 0), 0) / classes : null,
    classes: results,
  };
}

function isBinary(value: number): boolean {
  return value === 0 || value === 1;
}

function addCells(sum: Cells, one: Cells): Cells {
  return {
    truePositive: sum.truePositive + one.truePositive,
    falsePositive: sum.falsePositive + one.falsePositive,
    falseNegative: sum.falseNegative + one.falseNegative,
    trueNegative: sum.trueNegative + one.trueNegative,
  };
}

function classResult(cells: Cells): ClassResult {
  const [metrics, intervals] = [metricsOf(cells), intervalsOf(cells)];
  return {
    support: cells.truePositive + cells.falseNegative,
    predicted: cells.truePositive + cells.falsePositive,
    precision: metrics.precision,
    precisionInterval: intervals.precision,
    recall: metrics.recall,
    recallInterval: intervals.recall,
    f1: metrics.f1,
  };
}
