import type { NumericProfile, NumericState } from "../../state/contract.ts";
import { type Conversion, conversionsOf, isHinted, mayBeAnyConstant } from "./conversions.ts";
import {
  distanceOf,
  type GroupedReference,
  groupedReference,
  logLikelihoodRatio,
  mixed,
  noiseOf,
  seenIn,
  sharesAfter,
} from "./range-groups.ts";
import { momentsOf } from "./reference-points.ts";

/** Conversion from the reference's values to those of the window. */
export interface FoundConversion {
  factor: number;
  offset: number;
  /** Null where the factor is no known one. */
  known: Conversion | null;
  /** Part of the rows that were converted, from 0 to 1. */
  share: number;
  /** Log-likelihood ratio of the rows with the conversion against no change, in powers of e. */
  evidence: number;
  /** Distance of its moments from the expected ones, from 0 to 1. */
  misfit: number;
}

/** Without a change, evidence above x has a probability below e^(−x): one in 70 billion for this. */
export const minEvidence = 25;
/** Minimum number of values for naming a change. */
const minValues = 50;
/** Minimum share of rows for naming a change; a smaller share is reported as missing or out of range. */
const minShare = 0.05;
/** Deviations of the narrower part between the means of converted rows and of others, from which on they are two heaps and not one that is wide. */
const minSeparation = 4;
/** A factor that is nearer to 1 is a shift like any other. */
const minFactor = 1.15;

/** Prior evidence for a conversion, in powers of e: all rows are converted, the feature's name matches. */
const integerBonus = 6;
const nameBonus = 10;

/**
 * Scores one of several conversions: by the histogram, by the moments, which decide where all values are out of range, and by the priors.
 */
function scoreOf({ evidence, misfit, share, known }: FoundConversion, name: string): number {
  const usual = (share === 1 ? integerBonus : 0) + (known !== null && isHinted(known, name) ? nameBonus : 0);
  // A misfit of 1 is 5 standard deviations, of which the density of a normal distribution falls by 12.5.
  return evidence - 12.5 * misfit ** 2 + usual;
}

const flip: Conversion = { factor: -1, offset: 0, units: [] };

interface Comparison {
  groups: GroupedReference;
  seen: Float64Array;
  profile: NumericProfile;
  state: NumericState;
  /** Standard deviation of the reference. */
  deviation: number;
  fourth: number;
}

/**
 * Tests whether the values of a window are those of the reference in another unit: multiplied by a constant, shifted by one, or with the
 * opposite sign; in all rows or some of them. Mean, second moment and histogram must fit, and the rows must be far likelier with the
 * change than without. Known conversions take precedence over arbitrary constants, and of several that fit, those that the feature's name
 * suggests.
 */
export function findConversion(
  name: string,
  profile: NumericProfile,
  state: NumericState,
): FoundConversion | undefined {
  if (state.count < minValues || profile.count < minValues || profile.min === profile.max) return undefined;
  const groups = groupedReference(profile);
  const seen = seenIn(groups, state);
  if (distanceOf(seen, groups.before) < minShare) return undefined;
  const { fourth } = momentsOf(groups.points);
  const deviation = Math.sqrt(profile.m2 / profile.count);
  const compared = { groups, seen, profile, state, deviation, fourth };
  const named = [...conversionsOf(name), flip]
    .map((known) => fitted(compared, known, known))
    .filter((found) => found !== undefined);
  const [best] = named.sort((a, b) => scoreOf(b, name) - scoreOf(a, name));
  if (best || !mayBeAnyConstant(name)) return best;
  return fitted(compared, freeFactor(compared), null);
}

/** Assumes that all rows are multiplied by a constant: the ratio of the deviations, with the sign of the ratio of the means. */
function freeFactor({ profile, state, deviation }: Comparison): { factor: number; offset: number } {
  const sign = Math.sign(profile.mean * state.mean) || 1;
  return { factor: (sign * Math.sqrt(state.m2 / state.count)) / deviation, offset: 0 };
}

function fitted(
  compared: Comparison,
  { factor, offset }: { factor: number; offset: number },
  known: Conversion | null,
): FoundConversion | undefined {
  const { profile, state, groups, seen } = compared;
  const { points, before } = groups;
  const ratio = Math.abs(factor);
  if (known === null && (factor < 0 || Math.max(ratio, 1 / ratio) < minFactor)) return undefined;
  const share = shareOf(compared, { factor, offset });
  if (share === undefined || (known === null && share < 1)) return undefined;
  if (share < 1 && !standsApart(compared, { factor, offset })) return undefined;
  const misfit = momentMisfit(compared, { factor, offset, share });
  if (misfit > 1) return undefined;
  const after = mixed(before, sharesAfter(groups, points, { factor, offset }), share);
  const noise = noiseOf(after, state.count, profile.count);
  const distance = distanceOf(seen, after);
  if (distance > 3 * noise + 0.02 || distance > 0.5 * distanceOf(seen, before)) return undefined;
  const evidence = logLikelihoodRatio(seen, { under: after, against: before, referenceRows: profile.count });
  return evidence < minEvidence ? undefined : { factor, offset, known, share, evidence, misfit };
}

/**
 * Whether converted rows would be separated from the others. Otherwise they cannot be distinguished from a season or another mix of rows,
 * which are drift: summer is not a winter with a third of its rows sent in kilometres.
 */
function standsApart({ profile, deviation }: Comparison, { factor, offset }: { factor: number; offset: number }) {
  const moved = Math.abs((factor - 1) * profile.mean + offset);
  return moved >= minSeparation * deviation * Math.min(1, Math.abs(factor)) && moved >= deviation;
}

/** Returns the share of rows that must have been converted to explain the mean; 1 where that is possible. */
function shareOf({ profile, state, deviation }: Comparison, { factor, offset }: { factor: number; offset: number }) {
  const moved = (factor - 1) * profile.mean + offset;
  // Around zero, a change of sign or scale does not move the mean, so a partial conversion cannot be detected.
  if (Math.abs(moved) < 0.1 * deviation) return factor < 0 ? undefined : 1;
  const share = (state.mean - profile.mean) / moved;
  const error = Math.sqrt(state.m2 / state.count / state.count + deviation ** 2 / profile.count) / Math.abs(moved);
  if (Math.abs(share - 1) < Math.max(0.03, 4 * error)) return 1;
  return share >= minShare && share < 1 ? share : undefined;
}

/** Returns the distance of mean and deviation from the expected ones, in multiples of five times the random error: at most 1 fits. */
function momentMisfit(
  { profile, state, deviation, fourth }: Comparison,
  { factor, offset, share }: { factor: number; offset: number; share: number },
): number {
  const changedMean = factor * profile.mean + offset;
  const mean = (1 - share) * profile.mean + share * changedMean;
  const own = (1 - share) * deviation ** 2 + share * (factor * deviation) ** 2;
  const between = share * (1 - share) * (changedMean - profile.mean) ** 2;
  const variance = own + between;
  const spread = Math.sqrt(state.m2 / state.count);
  const few = 1 / state.count + 1 / profile.count;
  const meanError = Math.sqrt(variance * few) + 0.002 * Math.abs(changedMean);
  // With a heavy tail the deviation is uncertain, as the fourth moment shows.
  const kurtosis = Math.max(1.8, fourth / Math.max(deviation ** 4, Number.MIN_VALUE));
  const spreadError = Math.sqrt(variance) * (0.5 * Math.sqrt(kurtosis * few) + 0.004 + (share < 1 ? 0.02 : 0));
  const misses = [
    Math.abs(state.mean - mean) / (5 * meanError),
    Math.abs(spread - Math.sqrt(variance)) / (5 * spreadError),
  ];
  return Math.max(...misses);
}
