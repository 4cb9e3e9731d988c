import { binOf } from "./bin-of.ts";
import type {
  CategoricalProfile,
  CategoricalState,
  FeatureProfile,
  FeatureState,
  NumericProfile,
  NumericState,
} from "./contract.ts";
import { levelIndexOf, levelIndices } from "./level-indices.ts";
import { addUnseen } from "./unseen-top.ts";

/** Counts one value; null is missing, undefined is nothing at all. A number in a categorical feature is the level of its text. */
export function addValue(
  state: FeatureState,
  profile: FeatureProfile,
  value: number | string | null | undefined,
): void {
  if (value === undefined) return;
  if (state.kind === "numeric" && profile.kind === "numeric") {
    if (value === null || typeof value === "string") state.nulls += 1;
    else addNumber(state, profile, value);
  } else if (state.kind === "categorical" && profile.kind === "categorical") {
    if (value === null) state.nulls += 1;
    else addLevel(state, profile, String(value));
  }
}

/**
 * Counts one non-missing number (docs/spec/drift.md section 5.2); updates the moments by Welford's method, which keeps digits that sums of
 * squares lose.
 */
export function addNumber(
  state: NumericState,
  profile: Pick<NumericProfile, "edges" | "min" | "max">,
  value: number,
): void {
  if (!(value - value === 0)) {
    addNonFinite(state, value);
    return;
  }
  const { bins } = state;
  const bin = binOf(profile.edges, value);
  bins[bin] = (bins[bin] as number) + 1;
  state.count += 1;
  if (value === 0) state.zeros += 1;
  if (value < profile.min) state.below += 1;
  else if (value > profile.max) state.above += 1;
  if (value < state.min) state.min = value;
  if (value > state.max) state.max = value;
  const distance = value - state.mean;
  state.mean += distance / state.count;
  state.m2 += distance * (value - state.mean);
}

/** Counts NaN or an infinity. */
export function addNonFinite(state: NumericState, value: number): void {
  if (value === Number.POSITIVE_INFINITY) state.posInf += 1;
  else if (value === Number.NEGATIVE_INFINITY) state.negInf += 1;
  else state.nans += 1;
}

/** Counts one level that is not missing. */
export function addLevel(state: CategoricalState, profile: CategoricalProfile, level: string): void {
  state.count += 1;
  const index = levelIndexOf(levelIndices(profile), level);
  if (index >= 0) state.levels[index] = (state.levels[index] as number) + 1;
  else {
    state.unseen += 1;
    addUnseen(state.unseenTop, level, 1);
  }
}
