import { binOfMean, binsOfEqual, equalBins, isSplit, scoreBins } from "#server/stats/estimation/score-grid.ts";
import type { ScoreState } from "./contract.ts";

/** Returns the same scores in equal bins, as older releases count them. */
export function toEqualBins(state: ScoreState): ScoreState {
  const equal = emptyOf(equalBins);
  for (let bin = 0; bin < equalBins; bin += 1) {
    const { first, end } = binsOfEqual(bin);
    for (let part = first; part < end; part += 1) move(equal, bin, state, part, 1);
  }
  return equal;
}

/** Returns only the scores in bins that equal bins are split into. */
export function splitScores(state: ScoreState): ScoreState {
  const split = emptyOf(scoreBins);
  for (let bin = 0; bin < equalBins; bin += 1) {
    const { first, end } = binsOfEqual(bin);
    for (let part = first; isSplit(bin) && part < end; part += 1) move(split, part, state, part, 1);
  }
  return split;
}

/**
 * Returns scores by bin from those by equal bin and those by the bins that these are split into. What the second lack was counted or
 * added up by an older release; it is placed together at its mean.
 */
export function fromEqualBins(equal: ScoreState, split: ScoreState): ScoreState {
  const state = emptyOf(scoreBins);
  for (let bin = 0; bin < equalBins; bin += 1) {
    if ((equal.count[bin] as number) === 0) continue;
    const { first, end } = binsOfEqual(bin);
    if (!isSplit(bin)) {
      move(state, first, equal, bin, 1);
      continue;
    }
    const rest = emptyOf(1);
    move(rest, 0, equal, bin, 1);
    for (let part = first; part < end; part += 1) {
      if ((split.count[part] as number) === 0) continue;
      move(state, part, split, part, 1);
      move(rest, 0, split, part, -1);
    }
    const rows = rest.count[0] as number;
    if (rows > 0) move(state, binOfMean(bin, (rest.sum[0] as number) / rows), rest, 0, 1);
  }
  return state;
}

function emptyOf(size: number): ScoreState {
  return { count: new Float64Array(size), sum: new Float64Array(size), sumSquares: new Float64Array(size) };
}

function move(target: ScoreState, at: number, source: ScoreState, from: number, sign: 1 | -1): void {
  target.count[at] = (target.count[at] as number) + sign * (source.count[from] as number);
  target.sum[at] = (target.sum[at] as number) + sign * (source.sum[from] as number);
  target.sumSquares[at] = (target.sumSquares[at] as number) + sign * (source.sumSquares[from] as number);
}
