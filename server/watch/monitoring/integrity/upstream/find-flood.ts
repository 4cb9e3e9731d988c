import type { NumericProfile, NumericState } from "../../state/contract.ts";
import { minEvidence } from "./find-conversion.ts";
import { distanceOf, groupedReference, logLikelihoodRatio, mixed, noiseOf, seenIn } from "./range-groups.ts";

/** Single value that replaces others. */
export interface FoundFlood {
  value: number;
  /** Whether the value is exact, or only approximate. */
  isExact: boolean;
  /** Share of rows with the value beyond what the reference predicts, from 0 to 1. */
  share: number;
  evidence: number;
}

const minValues = 50;
const minShare = 0.05;
/** A value that so much of the reference has is no default that floods. */
const usualShare = 0.05;
/**
 * Maximum width of a bin, in deviations of the reference: a wider bin cannot tell one flooding value from many, for example those of a
 * season.
 */
const maxWidth = 0.25;
/** Values that programs write for unknown. */
const defaults = [0, -1, 1, -9, 99, -99, 999, -999, 9999, -9999, 99_999, -99_999];

/**
 * Tests whether a default value floods a feature: one bin, or one position outside of the reference's range, has far more rows than
 * before, while the proportions of the others are unchanged.
 */
export function findFlood(profile: NumericProfile, state: NumericState): FoundFlood | undefined {
  if (state.count < minValues || profile.count < minValues) return undefined;
  const peak = highestOf(profile, state);
  if (!peak || peak.share < minShare || peak.usual > usualShare) return undefined;
  const groups = groupedReference(profile);
  const { before } = groups;
  const flood = new Float64Array(before.length);
  flood[groupOf(peak, groups.ofBin, groups.count)] = 1;
  const after = mixed(before, flood, peak.share);
  const seen = seenIn(groups, state);
  if (distanceOf(seen, after) > 3 * noiseOf(after, state.count, profile.count) + 0.02) return undefined;
  const evidence = logLikelihoodRatio(seen, { under: after, against: before, referenceRows: profile.count });
  if (evidence < minEvidence) return undefined;
  const found = floodedValue(profile, state, peak);
  return found && { ...found, share: peak.share, evidence };
}

interface Peak {
  /** Index of the bin; −1 below the range, and the number of bins above it. */
  bin: number;
  share: number;
  usual: number;
  from: number;
  to: number;
}

/** Returns the bin whose share rose most. */
function highestOf({ bins, edges, min, max, count }: NumericProfile, state: NumericState): Peak | undefined {
  const last = bins.length - 1;
  const indices = [
    { bin: -1, usual: 0, rows: state.below, from: state.min, to: min },
    ...bins.map((rows, bin) => ({
      bin,
      usual: rows / count,
      from: edges[bin - 1] ?? min,
      to: edges[bin] ?? max,
      rows: (state.bins[bin] as number) - (bin === 0 ? state.below : 0) - (bin === last ? state.above : 0),
    })),
    { bin: bins.length, usual: 0, rows: state.above, from: max, to: state.max },
  ];
  let best: Peak | undefined;
  for (const { rows, ...rest } of indices) {
    const share = (rows / state.count - rest.usual) / (1 - rest.usual);
    if (share > (best?.share ?? 0)) best = { ...rest, share };
  }
  return best;
}

function groupOf({ bin }: Peak, ofBin: Int32Array, count: number): number {
  return bin < 0 ? 0 : (ofBin[bin] ?? count - 1);
}

/** Returns the value that explains the mean and the deviation; undefined if one value cannot. */
function floodedValue(
  profile: NumericProfile,
  state: NumericState,
  peak: Peak,
): { value: number; isExact: boolean } | undefined {
  const { share, from, to, bin } = peak;
  const variance = profile.m2 / profile.count;
  const requestedMean = (state.mean - (1 - share) * profile.mean) / share;
  const error = (4 * Math.sqrt(variance * (1 / state.count + 1 / profile.count))) / share + 1e-9;
  const isNear = (value: number) => Math.abs(value - requestedMean) <= error;
  const zeros = state.zeros / state.count - profile.zeros / profile.count;
  if (from <= 0 && 0 <= to && zeros > 0.9 * share) return { value: 0, isExact: true };
  const isOutside = bin < 0 || bin === profile.bins.length;
  if (isOutside) {
    const end = bin < 0 ? state.min : state.max;
    return isNear(end) ? { value: end, isExact: true } : undefined;
  }
  const isSeen = (value: number) => from < value && value <= to && state.min <= value && value <= state.max;
  const known = defaults.find((value) => isSeen(value) && isNear(value));
  if (known !== undefined) return { value: known, isExact: true };
  const middle = (from + to) / 2;
  if (to - from > maxWidth * Math.sqrt(variance) || Math.abs(requestedMean - middle) > error + (to - from) / 2)
    return undefined;
  return isSeen(to) && isNear(to) ? { value: to, isExact: true } : { value: middle, isExact: false };
}
