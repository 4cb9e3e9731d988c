import { total } from "./calibrated-test.ts";

/** Ends of the decision bins among the stored bins (exclusive); the last equals their number. */
export type BinGroups = readonly number[];

const storedBins = 512;

/**
 * Groups stored bins for a decision (docs/spec/drift.md section 5.1): each group ends after stored bin round(512·k/B), or, if
 * duplicate edges were removed, where the cumulative share of the reference first reaches k/B. Groups without reference rows are
 * merged into their neighbour.
 * @param profileBins counts of the reference by stored bin. @param wanted B: 10, or 20 for large windows.
 */
export function decisionBins(profileBins: ArrayLike<number>, wanted: number): BinGroups {
  const ends = profileBins.length === storedBins ? evenEnds(wanted) : shareEnds(profileBins, wanted);
  const groups: number[] = [];
  let from = 0;
  for (const end of ends) {
    if (countBetween(profileBins, from, end) === 0) continue;
    groups.push(end);
    from = end;
  }
  if (groups.length === 0) return [profileBins.length];
  groups[groups.length - 1] = profileBins.length;
  return groups;
}

function evenEnds(wanted: number): number[] {
  return Array.from({ length: wanted }, (_, index) => Math.round((storedBins * (index + 1)) / wanted));
}

function shareEnds(bins: ArrayLike<number>, wanted: number): number[] {
  const rows = total(bins);
  const ends: number[] = [];
  let sum = 0;
  for (let bin = 0; bin < bins.length; bin += 1) {
    sum += bins[bin] as number;
    const reached = (sum * wanted) / rows >= ends.length + 1 - 1e-9;
    if (!reached) continue;
    ends.push(bin + 1);
    // One wide bin may pass several targets together, which would become empty groups.
    while (ends.length < wanted && (sum * wanted) / rows >= ends.length + 1 - 1e-9) ends.push(bin + 1);
  }
  if (ends.at(-1) !== bins.length) ends.push(bins.length);
  return ends;
}

function countBetween(bins: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let bin = from; bin < to; bin += 1) sum += bins[bin] as number;
  return sum;
}

/** Counts by group. */
export function regroup(bins: ArrayLike<number>, groups: BinGroups): number[] {
  return groups.map((end, index) => countBetween(bins, index === 0 ? 0 : (groups[index - 1] as number), end));
}

/**
 * Decision bins of a window: 10. The reference allows 20 from 200 rows and 1,000 reference rows on (docs/spec/drift.md section 6.1), but shifts and
 * changes of scale are then found less often: 87 instead of 95% of lognormal amounts that grew by half, at 500 rows.
 */
export const wantedBins = 10;
