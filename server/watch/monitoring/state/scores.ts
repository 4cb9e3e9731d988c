import { type ScoreState, scoreBins } from "./contract.ts";

/** Creates an empty score state. */
export function emptyScores(): ScoreState {
  return {
    count: new Float64Array(scoreBins),
    sum: new Float64Array(scoreBins),
    sumSquares: new Float64Array(scoreBins),
  };
}

/**
 * Returns the bin of a score: of 512 equal bins on [0, 1] the one in [i/512, (i + 1)/512), the last including 1. Scores outside, and NaN,
 * return −1.
 */
export function scoreBinOf(score: number): number {
  return score >= 0 && score <= 1 ? Math.min(scoreBins - 1, Math.floor(score * scoreBins)) : -1;
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
