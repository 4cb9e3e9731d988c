import { hourMs } from "#server/base/durations.ts";
import { incompleteBeta } from "#server/stats/beta.ts";
import { minRows } from "../../monitoring/contract.ts";
import { addSkew, toSkewCounts } from "./add-counts.ts";
import { knownLimit, type SkewComparison, type SkewCounts, trueLimit, type ViewSkewTally } from "./contract.ts";

/** Hours over which mismatches are counted. A page is about now; late rows come by the day. */
export const skewHours: Record<SkewComparison, number> = { known: 6, true: 24 };
export const skewLimits: Record<SkewComparison, number> = { known: knownLimit, true: trueLimit };
const maxHours = Math.max(...Object.values(skewHours));
/** So long ago the oldest hour began that can count now, in milliseconds: what is true is known up to a day later. */
export const recentMs = 2 * maxHours * hourMs;

/** Probability of a false finding of one feature in one evaluation. */
const alpha = 1e-4;
const minMismatched = 3;

/** An hour of a view that was compared. */
export interface ComparedHour {
  /** Its start, in milliseconds since 1970. */
  hour: number;
  tallies: readonly ViewSkewTally[];
}

/** A feature in the predictions of one endpoint over the last hours. */
export interface RecentShare extends Pick<SkewCounts, "compared" | "mismatched" | "causes"> {
  endpointId: string;
  feature: string;
  share: number;
  isAboveLimit: boolean;
}

export type RecentShares = Record<SkewComparison, RecentShare[]>;

/**
 * Counts mismatches of a view over its newest hours by endpoint and feature, the highest share first: docs/spec/features.md section 18.5.
 * @param hours of recentMs @param now milliseconds since 1970
 */
export function recentSkew(hours: readonly ComparedHour[], now: number): RecentShares {
  return { known: sharesOf(hours, "known", now), true: sharesOf(hours, "true", now) };
}

/**
 * Returns whether a share of mismatches is above its limit, and not only by chance: by the exact test of a binomial share, with at least 50
 * compared and 3 different values, so that one of three says nothing.
 */
export function isAboveLimit(mismatched: number, compared: number, limit: number): boolean {
  if (compared < minRows || mismatched < minMismatched || mismatched / compared <= limit) return false;
  // P(X ≥ k) of Binomial(n, limit): https://dlmf.nist.gov/8.17.E5.
  return incompleteBeta(limit, mismatched, compared - mismatched + 1) < alpha;
}

function sharesOf(hours: readonly ComparedHour[], comparison: SkewComparison, now: number): RecentShare[] {
  const after = newestHour(hours, comparison, now) - skewHours[comparison] * hourMs;
  const counted = hours
    .filter(({ hour }) => hour > after)
    .flatMap(({ tallies }) => tallies.filter((tally) => tally.comparison === comparison));
  return [...Map.groupBy(counted, ({ endpointId, feature }) => `${endpointId} ${feature}`).values()]
    .flatMap((same): RecentShare[] => {
      const [{ endpointId, feature }] = same as [ViewSkewTally];
      const { compared, mismatched, causes, share } = toSkewCounts(addSkew(same));
      if (share === null) return [];
      const isAbove = isAboveLimit(mismatched, compared, skewLimits[comparison]);
      return [{ endpointId, feature, compared, mismatched, causes, share, isAboveLimit: isAbove }];
    })
    .sort((a, b) => Number(b.isAboveLimit) - Number(a.isAboveLimit) || b.share - a.share);
}

/** Returns the newest hour that was compared; infinite if it tells nothing about now. */
function newestHour(hours: readonly ComparedHour[], comparison: SkewComparison, now: number): number {
  const waitHours = comparison === "known" ? 0 : maxHours;
  const oldest = now - (waitHours + skewHours[comparison]) * hourMs;
  const newest = hours
    .filter(({ tallies }) => tallies.some((tally) => tally.comparison === comparison))
    .reduce((latest, { hour }) => Math.max(latest, hour), Number.NEGATIVE_INFINITY);
  return newest < oldest ? Number.POSITIVE_INFINITY : newest;
}
