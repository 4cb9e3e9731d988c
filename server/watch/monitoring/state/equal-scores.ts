import { binOfMean, binsOfEqual, equalBins, isSplit } from "#server/stats/estimation/score-grid.ts";
import type { ScoreState } from "./contract.ts";
import { emptyScores } from "./scores.ts";

/** Returns the same scores in equal bins, as older releases count them. */
export function toEqualBins(state: ScoreState): ScoreState {
  const equal = emptyScores(equalBins);
  for (let bin = 0; bin < equalBins; bin += 1) {
    const { first, end } = binsOfEqual(bin);
    for (let part = first; part < end; part += 1) move(equal, bin, state, part, 1);
  }
  return equal;
}

/** Returns only the scores in bins that equal bins are split into. */
export function splitScores(state: ScoreState): ScoreState {
  const split = emptyScores();
  for (let bin = 0; bin < equalBins; bin += 1) {
    const { first, end } = binsOfEqual(bin);
    for (let part = first; isSplit(bin) && part < end; part += 1) move(split, part, state, part, 1);
  }
  return split;
}

/**
 * Adds scores by equal bin, and by the bins that these are split into, to scores by bin. What the second lack was counted or added up by an
 * older release; it is placed together at its mean.
 */
export function addEqualBins(target: ScoreState, equal: ScoreState, split: ScoreState): void {
  for (let bin = 0; bin < equalBins; bin += 1) {
    const all = equal.count[bin] as number;
    if (all === 0) continue;
    const { first, end } = binsOfEqual(bin);
    if (!isSplit(bin)) {
      move(target, first, equal, bin, 1);
      continue;
    }
    let [rows, sum, sumSquares] = [all, equal.sum[bin] as number, equal.sumSquares[bin] as number];
    for (let part = first; part < end; part += 1) {
      if ((split.count[part] as number) === 0) continue;
      move(target, part, split, part, 1);
      rows -= split.count[part] as number;
      sum -= split.sum[part] as number;
      sumSquares -= split.sumSquares[part] as number;
    }
    if (rows <= 0) continue;
    const part = binOfMean(bin, sum / rows);
    target.count[part] = (target.count[part] as number) + rows;
    target.sum[part] = (target.sum[part] as number) + sum;
    target.sumSquares[part] = (target.sumSquares[part] as number) + sumSquares;
  }
}

function move(target: ScoreState, at: number, source: ScoreState, from: number, sign: 1 | -1): void {
  target.count[at] = (target.count[at] as number) + sign * (source.count[from] as number);
  target.sum[at] = (target.sum[at] as number) + sign * (source.sum[from] as number);
  target.sumSquares[at] = (target.sumSquares[at] as number) + sign * (source.sumSquares[from] as number);
}
