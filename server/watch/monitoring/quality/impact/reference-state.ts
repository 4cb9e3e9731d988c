import { scoreBinOf } from "#server/stats/estimation/score-grid.ts";
import type { LoadedProfile } from "../../profiles/load-profile.ts";
import type { FeatureProfile, FeatureState, NumericProfile, ScoreState, SpanState } from "../../state/contract.ts";
import { emptyScores } from "../../state/scores.ts";

type Known = Pick<LoadedProfile, "rows" | "features">;

/**
 * Converts a reference to the counts of a window, so that one formula estimates both. Scores of two classes are those of the feature
 * "score": its few values exactly, or its 512 quantile bins at their middles: a mean of scores is off by half of a 512th at most (the bins'
 * widths sum to 1). A reference does not store the scores of more than two classes by class, and they are left out.
 */
export function referenceState({ rows, features }: Known, isBinary: boolean): SpanState {
  const score = features.find(({ name, role }) => role === "output" && /^score( \(answer\))?$/.test(name))?.profile;
  const isScored = isBinary && score?.kind === "numeric" && score.count > 0;
  return {
    rows,
    features: features.map(({ profile }) => stateOf(profile)),
    scores: new Map(isScored ? [["", scoresOf(score)]] : []),
  };
}

function stateOf(profile: FeatureProfile): FeatureState {
  if (profile.kind === "numeric") {
    const { count, nulls, nans, posInf, negInf, zeros, mean, m2, min, max } = profile;
    const moments = { count, nulls, nans, posInf, negInf, zeros, mean, m2, min, max };
    return { kind: "numeric", bins: Float64Array.from(profile.bins), below: 0, above: 0, ...moments };
  }
  const levels = Float64Array.from([...profile.levels.map(([, count]) => count), profile.other]);
  return { kind: "categorical", levels, unseen: 0, unseenTop: new Map(), count: profile.count, nulls: profile.nulls };
}

function scoresOf({ values, bins, edges, min, max }: NumericProfile): ScoreState {
  const scores = emptyScores();
  const add = (score: number, rows: number) => {
    const bin = scoreBinOf(score);
    if (bin < 0 || rows === 0) return;
    scores.count[bin] = (scores.count[bin] as number) + rows;
    scores.sum[bin] = (scores.sum[bin] as number) + rows * score;
    scores.sumSquares[bin] = (scores.sumSquares[bin] as number) + rows * score * score;
  };
  if (values) {
    for (const [value, rows] of values) add(value, rows);
    return scores;
  }
  for (const [bin, rows] of bins.entries()) {
    const [low, high] = [Math.max(min, edges[bin - 1] ?? min), Math.min(max, edges[bin] ?? max)];
    add((low + high) / 2, rows);
  }
  return scores;
}
