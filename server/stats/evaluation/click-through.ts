import { ArgumentError, requireCounts } from "../argument-error.ts";
import type { Band } from "../estimation/cell-metrics.ts";
import { normalQuantile } from "../normal.ts";
import { wilsonInterval } from "../proportion.ts";

/** Clicks and impressions of one list, or of one person. */
export interface ClickedList {
  clicks: number;
  impressions: number;
}

/** Click-through rate; null without impressions. */
export interface ClickThrough {
  rate: number | null;
  /** Wilson's, as if impressions were independent. */
  interval: Band | null;
  /** By lists or people; null with fewer than two of them or without impressions. */
  clustered: ClusteredRate | null;
}

/** A rate whose rows clump. */
interface ClusteredRate {
  standardError: number;
  interval: Band;
  /** Variance by clusters divided by that of independent rows; null where the rate is 0 or 1. */
  designEffect: number | null;
}

/**
 * Computes a click-through rate. Clicks of one person go together, so that Wilson's interval over impressions is too narrow: the variance is
 * m/(m − 1) · Σ(cᵢ − r nᵢ)² / N² over m lists or people (ratio estimator: Cochran, "Sampling techniques", 1977, section 9A;
 * docs/spec/evaluation.md section 4.2).
 * @throws ArgumentError unless both are counts, and no list has more clicks than impressions
 */
export function clickThrough(lists: readonly ClickedList[], level = 0.95): ClickThrough {
  if (!(level > 0 && level < 1)) throw new ArgumentError("A confidence level must be above 0 and below 1.");
  let [clicks, impressions] = [0, 0];
  for (const list of lists) {
    requireCounts([list.clicks, list.impressions], "Clicks and impressions");
    if (list.clicks > list.impressions) throw new ArgumentError("A list must not have more clicks than impressions.");
    clicks += list.clicks;
    impressions += list.impressions;
  }
  if (impressions === 0) return { rate: null, interval: null, clustered: null };
  const rate = clicks / impressions;
  const interval = wilsonInterval({ share: rate, count: impressions }, level);
  const count = lists.length;
  if (count < 2) return { rate, interval, clustered: null };
  const squares = lists.reduce((sum, list) => sum + (list.clicks - rate * list.impressions) ** 2, 0);
  const variance = ((count / (count - 1)) * squares) / impressions ** 2;
  const standardError = Math.sqrt(variance);
  const half = normalQuantile(1 - (1 - level) / 2) * standardError;
  const independent = (rate * (1 - rate)) / impressions;
  return {
    rate,
    interval,
    clustered: {
      standardError,
      interval: { low: Math.max(0, rate - half), high: Math.min(1, rate + half) },
      designEffect: independent > 0 ? variance / independent : null,
    },
  };
}
