import type { CategoricalState, FeatureState, NumericState, ScoreState, SpanState } from "./contract.ts";
import { emptyCategorical, emptyNumeric } from "./empty-state.ts";
import { mergedMoments } from "./merged-moments.ts";
import { emptyScores } from "./scores.ts";
import { addUnseen } from "./unseen-top.ts";

/** Spans of one profile as one; none of them is changed. Only states of the same profile may be merged. */
export function mergeStates(states: Iterable<SpanState>): SpanState {
  const merged: SpanState = { rows: 0, features: [], scores: new Map() };
  for (const state of states) mergeInto(merged, state);
  return merged;
}

/** Adds a span to another. */
export function mergeInto(target: SpanState, { rows, features, scores }: SpanState): void {
  target.rows += rows;
  for (let index = 0; index < features.length; index++) {
    const feature = features[index];
    if (feature) target.features[index] = mergedFeature(target.features[index], feature);
    else target.features[index] ??= undefined;
  }
  for (const [key, score] of scores) {
    const known = target.scores.get(key) ?? emptyScores();
    target.scores.set(key, known);
    mergeScores(known, score);
  }
}

function mergedFeature(target: FeatureState | undefined, state: FeatureState): FeatureState {
  if (state.kind === "numeric") {
    const into = target?.kind === "numeric" ? target : emptyNumeric(state.bins.length);
    mergeNumeric(into, state);
    return into;
  }
  const into = target?.kind === "categorical" ? target : emptyCategorical(state.levels.length);
  mergeCategorical(into, state);
  return into;
}

function mergeNumeric(target: NumericState, state: NumericState): void {
  addAll(target.bins, state.bins);
  Object.assign(target, mergedMoments(target, state));
  target.below += state.below;
  target.above += state.above;
  target.nulls += state.nulls;
  target.nans += state.nans;
  target.posInf += state.posInf;
  target.negInf += state.negInf;
  target.zeros += state.zeros;
  target.min = Math.min(target.min, state.min);
  target.max = Math.max(target.max, state.max);
}

function mergeCategorical(target: CategoricalState, state: CategoricalState): void {
  addAll(target.levels, state.levels);
  target.unseen += state.unseen;
  target.count += state.count;
  target.nulls += state.nulls;
  for (const [level, count] of state.unseenTop) addUnseen(target.unseenTop, level, count);
}

/** Counts and sums of scores add up. */
function mergeScores(target: ScoreState, state: ScoreState): void {
  addAll(target.count, state.count);
  addAll(target.sum, state.sum);
  addAll(target.sumSquares, state.sumSquares);
}

function addAll(target: Float64Array, values: Float64Array): void {
  for (let at = 0; at < values.length; at++) target[at] = (target[at] as number) + (values[at] as number);
}
