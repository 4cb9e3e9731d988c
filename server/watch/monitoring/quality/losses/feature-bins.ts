import type { FeatureValue } from "../../features/contract.ts";
import { asLevel, asNumber } from "../../features/read-features.ts";
import { binOf } from "../../state/bin-of.ts";
import type { FeatureProfile, FeatureState } from "../../state/contract.ts";
import { levelIndexOf, levelIndices } from "../../state/level-indices.ts";

/**
 * Returns a feature's number of bins for a loss: numeric bins plus non-finite values; or levels, rare ones, unseen ones and missing
 * values.
 */
export function binCount(profile: FeatureProfile): number {
  return profile.kind === "numeric" ? profile.edges.length + 2 : profile.levels.length + 3;
}

/** Returns the bin of one value. */
export function binOfValue(profile: FeatureProfile, value: FeatureValue): number {
  const last = binCount(profile) - 1;
  if (profile.kind === "numeric") {
    const number = asNumber(value);
    return number === null || number === undefined || !Number.isFinite(number) ? last : binOf(profile.edges, number);
  }
  const level = asLevel(value);
  if (level === null || level === undefined) return last;
  const index = levelIndexOf(levelIndices(profile), level);
  return index < 0 ? last - 1 : index;
}

/** Returns the counts of a complete state in the same bins. Undefined without rows. */
export function histogramOf(profile: FeatureProfile, state: FeatureState | undefined): Float64Array | undefined {
  if (!state || state.kind !== profile.kind) return undefined;
  const bins = new Float64Array(binCount(profile));
  if (state.kind === "numeric") {
    bins.set(state.bins);
    bins[bins.length - 1] = state.nulls + state.nans + state.posInf + state.negInf;
    return bins;
  }
  bins.set(state.levels);
  bins[bins.length - 2] = state.unseen;
  bins[bins.length - 1] = state.nulls;
  return bins;
}
