import { binOfMean, binsOfEqual, isSplit, scoreBins } from "#server/stats/estimation/score-grid.ts";
import type { ScoreCell } from "./contract.ts";

/** Scores of labelled rows by bin, with the number of positives: the basis of estimates, curves and diagrams. */
export interface OutcomeBins {
  count: Float64Array;
  sum: Float64Array;
  sumSquares: Float64Array;
  positive: Float64Array;
}

/**
 * Converts sparse cells to bins. Rows that `split` lacks were counted or added up by an older release; those of an equal bin are placed
 * together at their mean.
 */
export function outcomeBins(cells: readonly ScoreCell[] = [], split: readonly ScoreCell[] = []): OutcomeBins {
  const bins: OutcomeBins = {
    count: new Float64Array(scoreBins),
    sum: new Float64Array(scoreBins),
    sumSquares: new Float64Array(scoreBins),
    positive: new Float64Array(scoreBins),
  };
  for (const cell of split) addCell(bins, cell[0], cell);
  for (const [equal, ...all] of cells) {
    const { first, end } = binsOfEqual(equal);
    if (!isSplit(equal)) {
      addCell(bins, first, [equal, ...all]);
      continue;
    }
    const placed = (values: Float64Array) => values.subarray(first, end).reduce((total, value) => total + value, 0);
    const { count, sum, sumSquares, positive } = bins;
    const rows = all[0] - placed(count);
    const rest: ScoreCell = [equal, rows, all[1] - placed(sum), all[2] - placed(sumSquares), all[3] - placed(positive)];
    if (rows > 0) addCell(bins, binOfMean(equal, rest[2] / rows), rest);
  }
  return bins;
}

function addCell(bins: OutcomeBins, bin: number, [, rows, sum, squares, hits]: ScoreCell): void {
  bins.count[bin] = (bins.count[bin] as number) + rows;
  bins.sum[bin] = (bins.sum[bin] as number) + sum;
  bins.sumSquares[bin] = (bins.sumSquares[bin] as number) + squares;
  bins.positive[bin] = (bins.positive[bin] as number) + hits;
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
