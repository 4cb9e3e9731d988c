import { wilsonInterval } from "#server/stats/proportion.ts";
import type { SkewCause, SkewCounts, ViewSkewTally } from "./contract.ts";

/** What tallies of any endpoints, versions, features and hours have in common. */
export type SkewSums = Pick<
  ViewSkewTally,
  "compared" | "mismatched" | "missing" | "extra" | "causes" | "differenceSum" | "magnitudeSum"
>;

export function noSkew(): SkewSums {
  return { compared: 0, mismatched: 0, missing: 0, extra: 0, causes: {}, differenceSum: 0, magnitudeSum: 0 };
}

/** Adds tallies to one. */
export function addSkew(tallies: Iterable<SkewSums>): SkewSums {
  const sum = noSkew();
  for (const tally of tallies) {
    sum.compared += tally.compared;
    sum.mismatched += tally.mismatched;
    sum.missing += tally.missing;
    sum.extra += tally.extra;
    sum.differenceSum += tally.differenceSum;
    sum.magnitudeSum += tally.magnitudeSum;
    for (const [cause, count] of causesOf(tally)) sum.causes[cause] = (sum.causes[cause] ?? 0) + count;
  }
  return sum;
}

/**
 * Shapes sums for readers: the share of mismatches with its interval, SMAPE, and causes with the most frequent first. Everything that is shown or
 * alerted about skew goes by this. What a request brought instead of the stored value is no mismatch of the view: it is counted apart.
 */
export function toSkewCounts(sums: SkewSums): SkewCounts {
  const { missing, extra, differenceSum, magnitudeSum } = sums;
  const byRequest = sums.causes.request ?? 0;
  const [compared, mismatched] = [sums.compared - byRequest, sums.mismatched - byRequest];
  const share = compared === 0 ? null : mismatched / compared;
  return {
    compared,
    mismatched,
    byRequest,
    share,
    interval: wilsonInterval({ share: share ?? 0, count: compared }),
    missing,
    extra,
    smape: magnitudeSum === 0 ? null : differenceSum / magnitudeSum,
    causes: causesOf(sums)
      .flatMap(([cause, count]) => (cause === "request" ? [] : [{ cause, count }]))
      .sort((a, b) => b.count - a.count),
  };
}

function causesOf({ causes }: SkewSums): [SkewCause, number][] {
  return Object.entries(causes) as [SkewCause, number][];
}
