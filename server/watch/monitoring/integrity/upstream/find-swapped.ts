import type { CategoricalProfile, CategoricalState, NumericProfile, NumericState } from "../../state/contract.ts";
import { minEvidence } from "./find-conversion.ts";
import { distanceOf, groupedReference, logLikelihoodRatio, noiseOf, seenIn, sharesAfter } from "./range-groups.ts";

/** A feature as it was and as it is. */
export interface NumericPair {
  name: string;
  profile: NumericProfile;
  state: NumericState;
}
export interface CategoricalPair {
  name: string;
  profile: CategoricalProfile;
  state: CategoricalState;
}

const minValues = 50;
const asIs = { factor: 1, offset: 0 };

/** Pairs of numbers where each has the values that the other had. */
export function findSwappedNumbers(changed: readonly NumericPair[]): [string, string][] {
  return pairsOf(changed.filter(({ state }) => state.count >= minValues)).flatMap(([one, other]) =>
    hasValuesOf(one, other) && hasValuesOf(other, one) ? [[one.name, other.name] as [string, string]] : [],
  );
}

/** Whether the observed values of one feature are far likelier under the reference of another than under its own, and fit it. */
function hasValuesOf({ profile, state }: NumericPair, { profile: other }: NumericPair): boolean {
  const groups = groupedReference(profile);
  const seen = seenIn(groups, state);
  const others = sharesAfter(groups, groupedReference(other).points, asIs);
  const referenceRows = Math.min(profile.count, other.count);
  if (distanceOf(seen, others) > 3 * noiseOf(others, state.count, referenceRows) + 0.02) return false;
  if (!isLikeMoments(state, other)) return false;
  return logLikelihoodRatio(seen, { under: others, against: groups.before, referenceRows }) >= minEvidence;
}

/** Returns whether the moments match a reference: beyond a feature's own range, only they identify the source of the values. */
function isLikeMoments(state: NumericState, { mean, m2, count }: NumericProfile): boolean {
  const variance = m2 / count;
  const error = 5 * Math.sqrt(variance * (1 / state.count + 1 / count)) + 1e-12;
  const spread = Math.sqrt(state.m2 / state.count) / Math.max(Math.sqrt(variance), Number.MIN_VALUE);
  return Math.abs(state.mean - mean) <= error && spread > 0.6 && spread < 1.6;
}

/** Minimum share of the known unseen levels that must be levels of the other feature. */
const foreignShare = 0.9;

/** Finds pairs of categories where nearly all values of each are levels of the other and not of its own. */
export function findSwappedLevels(changed: readonly CategoricalPair[]): [string, string][] {
  return pairsOf(changed.filter(({ state }) => state.count >= minValues)).flatMap(([one, other]) =>
    hasLevelsOf(one, other) && hasLevelsOf(other, one) ? [[one.name, other.name] as [string, string]] : [],
  );
}

function hasLevelsOf({ state }: CategoricalPair, { profile }: CategoricalPair): boolean {
  if (state.unseen < foreignShare * state.count || state.unseenTop.size === 0) return false;
  const known = new Set([...profile.levels.map(([level]) => level), ...profile.otherLevels]);
  const top = [...state.unseenTop];
  const all = top.reduce((sum, [, rows]) => sum + rows, 0);
  const foreign = top.reduce((sum, [level, rows]) => sum + (known.has(level) ? rows : 0), 0);
  return foreign >= foreignShare * all;
}

function pairsOf<One>(ones: readonly One[]): [One, One][] {
  return ones.flatMap((one, at) => ones.slice(at + 1).map((other): [One, One] => [one, other]));
}
