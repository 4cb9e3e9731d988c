import { ArgumentError } from "../argument-error.ts";
import { type Band, metricsOf, z95 } from "./cell-metrics.ts";
import { type Cells, emptyCells } from "./cells.ts";
import type { IsotonicMap } from "./isotonic.ts";
import { estimatedRanking } from "./ranked-metrics.ts";
import { type ExpectedBins, expectedBins, type ScoreBins } from "./score-bins.ts";

/** Estimates of several classes: macro means of one against the rest; null where a class never occurs. */
export interface MulticlassEstimate {
  accuracy: number;
  precision: number | null;
  recall: number | null;
  f1: number | null;
  specificity: number | null;
  rocAuc: number | null;
}

/**
 * Computes CBPE of several classes (docs/spec/drift.md section 11.1) from complete rows of calibrated probabilities.
 * @throws ArgumentError without rows
 * @param probabilities a row per prediction, each summing to 1 @param scores by which rows are ranked: the raw probabilities
 * @param predicted index of the predicted class, one per prediction
 */
export function estimateMulticlass(
  probabilities: readonly (readonly number[])[],
  predicted: readonly number[],
  scores: readonly (readonly number[])[] = probabilities,
): MulticlassEstimate {
  if (probabilities.length === 0) throw new ArgumentError("An estimate needs rows.");
  const classes = probabilities[0]?.length ?? 0;
  const each = Array.from({ length: classes }, (_, one) => {
    const cells: Cells = emptyCells();
    probabilities.forEach((row, at) => {
      const probability = row[one] as number;
      const [hit, miss] = predicted[at] === one ? (["truePositive", "falsePositive"] as const) : outside;
      cells[hit] += probability;
      cells[miss] += 1 - probability;
    });
    const ranking = estimatedRanking({
      scores: scores.map((row) => row[one] as number),
      outcomes: probabilities.map((row) => row[one] as number),
    });
    return { ...metricsOf(cells), rocAuc: ranking.rocAuc };
  });
  const right = probabilities.reduce((sum, row, at) => sum + (row[predicted[at] as number] as number), 0);
  return {
    accuracy: right / probabilities.length,
    precision: mean(each.map(({ precision }) => precision)),
    recall: mean(each.map(({ recall }) => recall)),
    f1: mean(each.map(({ f1 }) => f1)),
    specificity: mean(each.map(({ specificity }) => specificity)),
    rocAuc: mean(each.map(({ rocAuc }) => rocAuc)),
  };
}

const outside = ["falseNegative", "trueNegative"] as const;

/** Estimates from calibrated confidence by predicted class: correct predictions overall and per class, with 95% intervals. */
export interface ConfidenceEstimate {
  rows: number;
  /** Σ of the probabilities that predictions are correct. */
  right: number;
  /** Σ p(1 − p). */
  variance: number;
  accuracy: number | null;
  band: Band | null;
  /** Precision of each predicted class. */
  classes: { key: string; rows: number; precision: number; band: Band }[];
}

/** Estimates accuracy from the confidence of each predicted class, mergeable like binned scores. */
export function estimateFromConfidence(
  binsByClass: ReadonlyMap<string, ScoreBins>,
  maps: Record<string, IsotonicMap> = {},
): ConfidenceEstimate {
  const classes = [...binsByClass].map(([key, bins]) => ({ key, ...totalsOf(expectedBins(bins, maps[key])) }));
  const rows = classes.reduce((sum, one) => sum + one.rows, 0);
  const right = classes.reduce((sum, one) => sum + one.right, 0);
  const variance = classes.reduce((sum, one) => sum + one.variance, 0);
  return {
    rows,
    right,
    variance,
    accuracy: rows > 0 ? right / rows : null,
    band: rows > 0 ? bandOf(rows, right, variance) : null,
    classes: classes
      .filter((one) => one.rows > 0)
      .map(({ key, rows, right, variance }) => ({
        key,
        rows,
        precision: right / rows,
        band: bandOf(rows, right, variance),
      })),
  };
}

/** Sums rows, Σp and Σp(1 − p) of all bins. */
export function totalsOf({ count, positive, variance }: ExpectedBins): {
  rows: number;
  right: number;
  variance: number;
} {
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  return { rows: sum(count), right: sum(positive), variance: sum(variance) };
}

function bandOf(rows: number, right: number, variance: number): Band {
  const half = (z95 * Math.sqrt(variance)) / rows;
  return { low: Math.max(0, right / rows - half), high: Math.min(1, right / rows + half) };
}

function mean(values: readonly (number | null)[]): number | null {
  if (values.length === 0 || values.some((value) => value === null)) return null;
  return values.reduce<number>((sum, value) => sum + (value as number), 0) / values.length;
}
