import { scoreBins } from "../../state/contract.ts";
import type { ScoreCell } from "./contract.ts";

/** Scores of labelled rows by bin, with the number of positives: the basis of estimates, curves and diagrams. */
export interface OutcomeBins {
  count: Float64Array;
  sum: Float64Array;
  sumSquares: Float64Array;
  positive: Float64Array;
}

/** Converts sparse cells to bins. */
export function outcomeBins(cells: readonly ScoreCell[] = []): OutcomeBins {
  const bins: OutcomeBins = {
    count: new Float64Array(scoreBins),
    sum: new Float64Array(scoreBins),
    sumSquares: new Float64Array(scoreBins),
    positive: new Float64Array(scoreBins),
  };
  for (const [bin, rows, sum, squares, hits] of cells) {
    bins.count[bin] = rows;
    bins.sum[bin] = sum;
    bins.sumSquares[bin] = squares;
    bins.positive[bin] = hits;
  }
  return bins;
}

/** Returns the same rows from the perspective of the first of two classes: 1 − score, in mirrored bins, with outcomes inverted. */
export function mirrorOutcomes({ count, sum, sumSquares, positive }: OutcomeBins): OutcomeBins {
  const mirrored = outcomeBins();
  for (let bin = 0; bin < scoreBins; bin += 1) {
    const other = scoreBins - 1 - bin;
    const [rows, total] = [count[bin] as number, sum[bin] as number];
    mirrored.count[other] = rows;
    mirrored.sum[other] = rows - total;
    mirrored.sumSquares[other] = rows - 2 * total + (sumSquares[bin] as number);
    mirrored.positive[other] = rows - (positive[bin] as number);
  }
  return mirrored;
}
