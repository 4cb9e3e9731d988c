import type { CellErrors } from "./calibration-errors.ts";

/** Counts of the four cells of two classes; expected ones are fractions of rows. */
export interface Cells {
  truePositive: number;
  falsePositive: number;
  falseNegative: number;
  trueNegative: number;
}

/**
 * Cells that are expected from calibrated scores, with Σ p(1 − p) of the rows on each side of the cut-off (docs/spec/drift.md
 * section 11.2).
 */
export interface ExpectedCells extends Cells {
  variancePositive: number;
  varianceNegative: number;
  /** What calibration adds to the variances; absent where scores are taken to be calibrated. */
  errors?: CellErrors | undefined;
}

/** One row: the calibrated probability that it is positive, and whether the model predicted that. */
export interface ScoredRow {
  probability: number;
  isPredicted: boolean;
}

/** Returns cells before any row. */
export function emptyCells(): ExpectedCells {
  return {
    truePositive: 0,
    falsePositive: 0,
    falseNegative: 0,
    trueNegative: 0,
    variancePositive: 0,
    varianceNegative: 0,
  };
}

/** Computes the cells expected from calibrated probabilities before any label arrives (CBPE, docs/spec/drift.md section 11.1). */
export function expectedCells(rows: Iterable<ScoredRow>): ExpectedCells {
  const cells = emptyCells();
  for (const { probability, isPredicted } of rows) {
    const variance = probability * (1 - probability);
    if (isPredicted) {
      cells.truePositive += probability;
      cells.falsePositive += 1 - probability;
      cells.variancePositive += variance;
    } else {
      cells.falseNegative += probability;
      cells.trueNegative += 1 - probability;
      cells.varianceNegative += variance;
    }
  }
  return cells;
}

/** Counts the cells of labelled rows. */
export function countCells(rows: Iterable<{ isPositive: boolean; isPredicted: boolean }>): Cells {
  const cells: Cells = { truePositive: 0, falsePositive: 0, falseNegative: 0, trueNegative: 0 };
  for (const { isPositive, isPredicted } of rows) {
    if (isPredicted) cells[isPositive ? "truePositive" : "falsePositive"] += 1;
    else cells[isPositive ? "falseNegative" : "trueNegative"] += 1;
  }
  return cells;
}

/** Returns the number of rows in all four cells. */
export function rowsOf({ truePositive, falsePositive, falseNegative, trueNegative }: Cells): number {
  return truePositive + falsePositive + falseNegative + trueNegative;
}
