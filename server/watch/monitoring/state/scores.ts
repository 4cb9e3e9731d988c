import { scoreBinOf, scoreBins } from "#server/stats/estimation/score-grid.ts";
import type { ScoreState } from "./contract.ts";

/** Creates an empty score state. @param bins by default those of server/stats/estimation/score-grid.ts */
export function emptyScores(bins = scoreBins): ScoreState {
  return { count: new Float64Array(bins), sum: new Float64Array(bins), sumSquares: new Float64Array(bins) };
}

/** Counts one score; none outside of [0, 1]. */
export function addScore(state: ScoreState, score: number): void {
  const bin = scoreBinOf(score);
  if (bin < 0) return;
  state.count[bin] = (state.count[bin] as number) + 1;
  state.sum[bin] = (state.sum[bin] as number) + score;
  state.sumSquares[bin] = (state.sumSquares[bin] as number) + score * score;
}

/** Returns the same predictions from the perspective of the first of two classes: 1 − score, in mirrored bins. */
export function mirrorScores({ count, sum, sumSquares }: ScoreState): ScoreState {
  const mirrored = emptyScores();
  for (let bin = 0; bin < scoreBins; bin++) {
    const other = scoreBins - 1 - bin;
    const [n, s] = [count[bin] as number, sum[bin] as number];
    mirrored.count[other] = n;
    mirrored.sum[other] = n - s;
    mirrored.sumSquares[other] = n - 2 * s + (sumSquares[bin] as number);
  }
  return mirrored;
}
