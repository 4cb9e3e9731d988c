import type {
  CategoricalProfile,
  FeatureProfile,
  FeatureState,
  NumericProfile,
  ProfiledFeature,
  SpanState,
} from "../../state/contract.ts";

/**
 * Returns the features of a reference for the rows of one segment, with the same bins and levels, so that they can be compared with live
 * counts of the segment.
 */
export function segmentFeatures(
  features: readonly ProfiledFeature[],
  { features: states }: SpanState,
): ProfiledFeature[] {
  return features.map((feature, index) => ({ ...feature, profile: ofSegment(feature.profile, states[index]) }));
}

function ofSegment(profile: FeatureProfile, state: FeatureState | undefined): FeatureProfile {
  if (profile.kind === "numeric" && state?.kind === "numeric") {
    const { count, nulls, nans, posInf, negInf, zeros, mean, m2, min, max } = state;
    const ends = count > 0 ? { min, max } : {};
    return {
      ...profile,
      count,
      nulls,
      nans,
      posInf,
      negInf,
      zeros,
      mean,
      m2,
      ...ends,
      bins: [...state.bins],
      values: null,
    };
  }
  if (profile.kind === "categorical" && state?.kind === "categorical") {
    const counts = [...state.levels];
    const levels = profile.levels.map(([level], at): [string, number] => [level, counts[at] ?? 0]);
    const other = counts[profile.levels.length] ?? 0;
    const once = levels.filter(([, count]) => count === 1).length;
    const twice = levels.filter(([, count]) => count === 2).length;
    return { ...profile, count: state.count, nulls: state.nulls, levels, other, once, twice };
  }
  return profile.kind === "numeric" ? withoutRows(profile) : withoutLevels(profile);
}

function withoutRows(profile: NumericProfile): NumericProfile {
  const none = { count: 0, nulls: 0, nans: 0, posInf: 0, negInf: 0, zeros: 0, mean: 0, m2: 0 };
  return { ...profile, ...none, bins: profile.bins.map(() => 0), values: null };
}

function withoutLevels(profile: CategoricalProfile): CategoricalProfile {
  const levels = profile.levels.map(([level]): [string, number] => [level, 0]);
  return { ...profile, count: 0, nulls: 0, levels, other: 0, once: 0, twice: 0 };
}
