import { classOf, scoreOf } from "../features/feature-reader.ts";
import { addNumbers } from "../state/add-numbers.ts";
import type { CategoricalState, FeatureState, ScoreState, SpanState } from "../state/contract.ts";
import { readAhead } from "../state/read-ahead.ts";
import { addScore, emptyScores } from "../state/scores.ts";
import { addUnseen } from "../state/unseen-top.ts";
import type { PlannedFeature, RowPlan } from "./row-plan.ts";
import type { WatchedVersion } from "./watched-version.ts";

interface Rows {
  plan: RowPlan;
  values: Float64Array;
  rows: number;
  /** Score of each row, and the index of its class. */
  scores: Float64Array;
  classes: Int32Array;
}

/** Counts rows that were copied aside by a plan, feature by feature. @param values row by row */
export function countRows(
  state: SpanState,
  watched: WatchedVersion,
  plan: RowPlan,
  values: Float64Array,
  rows: number,
): void {
  if (rows === 0) return;
  readAhead(values, rows * plan.width);
  const scores = new Float64Array(plan.scores ? rows : 0);
  const classes = new Int32Array(scores.length);
  if (plan.scores) {
    const { column, width } = plan.scores;
    for (let row = 0, at = column; row < rows; row++, at += plan.width) {
      scores[row] = scoreOf(values, at, width);
      classes[row] = classOf(values, at, width);
    }
  }
  const all = { plan, values, rows, scores, classes };
  state.rows += rows;
  for (const feature of plan.features) {
    const own = state.features[feature.index];
    if (own) countFeature(own, watched, feature, all);
  }
  if (plan.scores) countScores(state, plan.scores, all);
}

function countFeature(state: FeatureState, { features }: WatchedVersion, feature: PlannedFeature, all: Rows): void {
  const watched = features[feature.index];
  const { plan, values, rows, scores } = all;
  if (state.kind === "numeric") {
    if (watched?.profile.kind !== "numeric" || !watched.grid) return;
    const column =
      feature.from === "number"
        ? { first: feature.column, step: plan.width, count: rows }
        : { first: 0, step: 1, count: rows };
    addNumbers(state, watched.profile, watched.grid, feature.from === "number" ? values : scores, column);
  } else if (feature.from === "level") countLevels(state, feature.column, all);
  else if (feature.from === "class") countClasses(state, feature.levels, all);
}

function countLevels(state: CategoricalState, column: number, { plan, values, rows }: Rows): void {
  const { levels } = state;
  for (let row = 0, at = column; row < rows; row++, at += plan.width) {
    const level = values[at] as number;
    levels[level] = (levels[level] as number) + 1;
  }
  state.count += rows;
}

function countClasses(state: CategoricalState, levels: Int32Array, { plan, rows, scores, classes }: Rows): void {
  for (let row = 0; row < rows; row++) {
    // Without valid scores, the highest one is no prediction.
    if (Number.isNaN(scores[row])) {
      state.nulls += 1;
      continue;
    }
    const level = levels[classes[row] as number] as number;
    state.count += 1;
    if (level >= 0) state.levels[level] = (state.levels[level] as number) + 1;
    else {
      state.unseen += 1;
      addUnseen(state.unseenTop, plan.scores?.labels[classes[row] as number] ?? "", 1);
    }
  }
}

function countScores(
  state: SpanState,
  { width, labels }: NonNullable<RowPlan["scores"]>,
  { rows, ...all }: Rows,
): void {
  const byClass: (ScoreState | undefined)[] = [];
  for (let row = 0; row < rows; row++) {
    const index = width <= 2 ? 0 : (all.classes[row] as number);
    const scores = byClass[index] ?? scoresOf(state, width <= 2 ? "" : (labels[index] as string));
    byClass[index] = scores;
    addScore(scores, all.scores[row] as number);
  }
}

function scoresOf(state: SpanState, key: string): ScoreState {
  const scores = state.scores.get(key) ?? emptyScores();
  state.scores.set(key, scores);
  return scores;
}
