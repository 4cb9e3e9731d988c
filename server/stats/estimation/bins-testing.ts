import type { ScoreBins } from "./score-bins.ts";
import { scoreBinOf, scoreBins } from "./score-grid.ts";

/** Counts scores by bin, and how many of them were true. */
export function binned(
  scores: readonly number[],
  outcomes: readonly number[] = [],
): ScoreBins & { positive: Float64Array } {
  const bins = {
    count: new Float64Array(scoreBins),
    sum: new Float64Array(scoreBins),
    sumSquares: new Float64Array(scoreBins),
    positive: new Float64Array(scoreBins),
  };
  scores.forEach((score, at) => {
    const bin = scoreBinOf(score);
    bins.count[bin] = (bins.count[bin] as number) + 1;
    bins.sum[bin] = (bins.sum[bin] as number) + score;
    bins.sumSquares[bin] = (bins.sumSquares[bin] as number) + score * score;
    bins.positive[bin] = (bins.positive[bin] as number) + (outcomes[at] ?? 0);
  });
  return bins;
}

/** Returns labelled bins in the form of expected ones, which have no variance. */
export function labelledBins(scores: readonly number[], outcomes: readonly number[]) {
  return { ...binned(scores, outcomes), variance: new Float64Array(scoreBins), uncertain: [] };
}
