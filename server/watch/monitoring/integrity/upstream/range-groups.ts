import { binOf } from "../../state/bin-of.ts";
import type { NumericProfile, NumericState } from "../../state/contract.ts";
import { pointsOf, type ReferencePoints } from "./reference-points.ts";

/** Bins of a profile in about twenty groups of equal share, with one before and one after for what is outside the reference's range. */
export interface RangeGroups {
  profile: NumericProfile;
  /** Group of each bin, from 1 on; 0 is below the range, the last above it. */
  ofBin: Int32Array;
  count: number;
}

/** A numeric feature's reference in the forms that changes are looked for in. */
export interface GroupedReference extends RangeGroups {
  points: ReferencePoints;
  /** Share by group. */
  before: Float64Array;
}

const maxGroups = 20;
/** Cache: profiles never change, and each is evaluated every minute. */
const grouped = new WeakMap<NumericProfile, GroupedReference>();

/** Groups the bins of a reference, once per profile. */
export function groupedReference(profile: NumericProfile): GroupedReference {
  const known = grouped.get(profile);
  if (known) return known;
  const [groups, points] = [groupsOf(profile), pointsOf(profile)];
  const made = { ...groups, points, before: sharesAfter(groups, points, { factor: 1, offset: 0 }) };
  grouped.set(profile, made);
  return made;
}

/** Cuts where the cumulative share of the reference reaches the next twentieth. */
function groupsOf(profile: NumericProfile): RangeGroups {
  const { bins, count } = profile;
  const ofBin = new Int32Array(bins.length);
  let [group, sum] = [1, 0];
  for (let bin = 0; bin < bins.length; bin++) {
    ofBin[bin] = group;
    sum += bins[bin] as number;
    if (sum / count >= group / maxGroups && bin < bins.length - 1) group = Math.floor((sum / count) * maxGroups) + 1;
  }
  // Renumbers the groups without gaps: a bin with many rows may have skipped some numbers.
  const indices = new Map([...new Set(ofBin)].map((one, index) => [one, index + 1]));
  for (let bin = 0; bin < ofBin.length; bin++) ofBin[bin] = indices.get(ofBin[bin] as number) as number;
  return { profile, ofBin, count: indices.size + 2 };
}

/** Counts the rows of the window by group. */
export function seenIn({ ofBin, count }: RangeGroups, { bins, below, above }: NumericState): Float64Array {
  const seen = new Float64Array(count);
  for (let bin = 0; bin < bins.length; bin++) add(seen, ofBin[bin] as number, bins[bin] as number);
  add(seen, 1, -below);
  add(seen, 0, below);
  add(seen, count - 2, -above);
  add(seen, count - 1, above);
  return seen;
}

/** Returns the share of the reference by group if each value became factor · value + offset. */
export function sharesAfter(
  { profile: { edges, min, max }, ofBin, count }: RangeGroups,
  { values, shares }: ReferencePoints,
  { factor, offset }: { factor: number; offset: number },
): Float64Array {
  const after = new Float64Array(count);
  for (let at = 0; at < values.length; at++) {
    const value = factor * (values[at] as number) + offset;
    const group = value < min ? 0 : value > max ? count - 1 : (ofBin[binOf(edges, value)] as number);
    add(after, group, shares[at] as number);
  }
  return after;
}

/** Mixes two distributions: the first with weight 1 − weight, the second with weight. */
export function mixed(first: Float64Array, second: Float64Array, weight: number): Float64Array {
  return first.map((share, at) => (1 - weight) * share + weight * (second[at] as number));
}

/**
 * Returns the log-likelihood ratio of the rows under one distribution against another. Without a change it exceeds x with a probability
 * of at most e^(−x), whatever the distributions (Markov's inequality on a likelihood ratio).
 * @param referenceRows rows that the shares were counted from: an unseen value is not impossible
 */
export function logLikelihoodRatio(
  seen: Float64Array,
  { under, against, referenceRows }: { under: Float64Array; against: Float64Array; referenceRows: number },
): number {
  const unseen = 0.5 / (referenceRows + 0.5 * seen.length);
  const smooth = (share: number) => (share * referenceRows + 0.5) * (unseen * 2);
  let sum = 0;
  for (let at = 0; at < seen.length; at++) {
    const rows = seen[at] as number;
    if (rows > 0) sum += rows * Math.log(smooth(under[at] as number) / smooth(against[at] as number));
  }
  return sum;
}

/** Returns half the sum of the absolute differences of the shares: 0 for identical, 1 for disjoint distributions. */
export function distanceOf(seen: Float64Array, shares: Float64Array): number {
  const rows = seen.reduce((sum, count) => sum + count, 0);
  return shares.reduce((sum, share, at) => sum + Math.abs((seen[at] as number) / rows - share), 0) / 2;
}

/** Returns the approximate distance that rows of the same source have by chance. */
export function noiseOf(shares: Float64Array, rows: number, referenceRows: number): number {
  const scale = (2 / Math.PI) * (1 / rows + 1 / referenceRows);
  return shares.reduce((sum, share) => sum + Math.sqrt(share * (1 - share) * scale), 0) / 2;
}

function add(values: Float64Array, at: number, value: number): void {
  values[at] = (values[at] as number) + value;
}
