import type {
  CategoricalState,
  FeatureProfile,
  FeatureState,
  NumericState,
  ProfiledFeature,
  SpanState,
} from "./contract.ts";

/** Creates the state of a time span without rows. */
export function emptyState(features: readonly ProfiledFeature[]): SpanState {
  return { rows: 0, features: features.map(({ profile }) => emptyFeature(profile)), scores: new Map() };
}

/** Creates the state of a feature without values. */
export function emptyFeature(profile: FeatureProfile): FeatureState {
  return profile.kind === "numeric" ? emptyNumeric(profile.bins.length) : emptyCategorical(profile.levels.length + 1);
}

/** @param bins number of bins of the profile */
export function emptyNumeric(bins: number): NumericState {
  return {
    kind: "numeric",
    bins: new Float64Array(bins),
    below: 0,
    above: 0,
    count: 0,
    nulls: 0,
    nans: 0,
    posInf: 0,
    negInf: 0,
    zeros: 0,
    mean: 0,
    m2: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
  };
}

/** @param levels number of levels of the profile, and one more for "other" */
export function emptyCategorical(levels: number): CategoricalState {
  const counts = { unseen: 0, unseenTop: new Map<string, number>(), count: 0, nulls: 0 };
  return { kind: "categorical", levels: new Float64Array(levels), ...counts };
}
