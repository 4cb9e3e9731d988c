import { type RowsOfBin, rowsIn, type ScoreBins } from "#server/stats/estimation/score-bins.ts";
import { binOfMean, binsOfEqual, isSplit, scoreBins } from "#server/stats/estimation/score-grid.ts";
import type { ScoreCell } from "./contract.ts";

/** Scores of labelled rows by bin, with the number of positives: the basis of estimates, curves and diagrams. */
export interface OutcomeBins extends ScoreBins {
  positive: Float64Array;
  /** Scores of the positives alone; fewer than `positive` where an older release counted them. */
  positives: ScoreBins;
}

/**
 * Converts sparse cells to bins, those of the positives alone by all bins of the grid. Rows that `split` lacks were counted or added up by an older release; those of an equal bin are placed
 * together at their mean.
 */
export function outcomeBins(
  cells: readonly ScoreCell[] = [],
  split: readonly ScoreCell[] = [],
  ofPositives: readonly ScoreCell[] = [],
): OutcomeBins {
  const positives = emptyBins();
  for (const cell of ofPositives) addScores(positives, cell[0], cell);
  const bins: OutcomeBins = { ...emptyBins(), positive: new Float64Array(scoreBins), positives };
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

function emptyBins(): ScoreBins {
  return {
    count: new Float64Array(scoreBins),
    sum: new Float64Array(scoreBins),
    sumSquares: new Float64Array(scoreBins),
  };
}

function addScores(bins: ScoreBins, bin: number, [, rows, sum, squares]: ScoreCell): void {
  bins.count[bin] = (bins.count[bin] as number) + rows;
  bins.sum[bin] = (bins.sum[bin] as number) + sum;
  bins.sumSquares[bin] = (bins.sumSquares[bin] as number) + squares;
}

function addCell(bins: OutcomeBins, bin: number, cell: ScoreCell): void {
  addScores(bins, bin, cell);
  bins.positive[bin] = (bins.positive[bin] as number) + cell[4];
}

/** Returns the same rows from the perspective of the first of two classes: 1 − score, in mirrored bins, with outcomes inverted. */
export function mirrorOutcomes(bins: OutcomeBins): OutcomeBins {
  const mirrored = outcomeBins();
  for (let bin = 0; bin < scoreBins; bin += 1) {
    const other = scoreBins - 1 - bin;
    const all = rowsIn(bins, bin);
    const own = rowsIn(bins.positives, bin);
    const hits = bins.positive[bin] as number;
    addCell(mirrored, other, mirroredCell(all, all.rows - hits));
    // The positives of the other class are the rest, if the scores of all of these are known.
    if (own.rows !== hits) continue;
    const rest = { rows: all.rows - own.rows, sum: all.sum - own.sum, squares: all.squares - own.squares };
    addScores(mirrored.positives, other, mirroredCell(rest, rest.rows));
  }
  return mirrored;
}

function mirroredCell({ rows, sum, squares }: RowsOfBin, hits: number): ScoreCell {
  return [0, rows, rows - sum, rows - 2 * sum + squares, hits];
}
