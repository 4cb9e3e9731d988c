import { countOf, type Histogram, quantiles, relativeError } from "../histogram.ts";
import { betaBinomialLogMixture, mixtureBound } from "./mixtures.ts";
import type { Interval } from "./rate-ratio.ts";

/** Point at which an interval is tightest: its number of values and level. */
interface QuantileTuning {
  values: number;
  alpha: number;
}

/**
 * Computes the ranks, from 1, between which the `share`-quantile of `count` independent values lies at all times simultaneously with a
 * probability of 1 − α: below 1 and above `count`, nothing bounds it (Howard & Ramdas, "Sequential estimation of quantiles", Bernoulli 28,
 * 2022, with two-sided beta-binomial mixtures; docs/spec/sequential-analysis.md section 7.3).
 */
export function quantileRanks(count: number, share: number, alpha: number, tuning: QuantileTuning): Interval {
  if (count <= 0) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const variance = share * (1 - share);
  const at = { v: variance * tuning.values, alpha: tuning.alpha };
  const v = variance * count;
  // With too few values, no share of values below or above is impossible.
  const bound = (g: number, h: number) => {
    const found = mixtureBound((s) => betaBinomialLogMixture(s, v, at, { g, h }, 2), alpha, v, v / g);
    return found < v / g ? found / count : Number.POSITIVE_INFINITY;
  };
  return {
    low: Math.floor(count * (share - bound(1 - share, share)) + 1),
    high: Math.ceil(count * (share + bound(share, 1 - share))),
  };
}

export interface QuantileDifference {
  /** The quantile of each arm. */
  baseline: number;
  canary: number;
  /** Ends of the interval of canary minus baseline; ±∞ where too few values bound it. */
  low: number;
  high: number;
}

/** Count of values at which each arm's interval is tightest. */
const tightestAt = 1000;

/**
 * Computes the difference of a quantile of two arms, as the p95 of latencies, with an interval that is valid at all times simultaneously
 * with a probability of 1 − α: each arm's own one has half of α. The error of the histogram, 1% of each value, is part of it.
 * @returns undefined while an arm has no values
 */
export function quantileDifference(
  baseline: Histogram,
  canary: Histogram,
  share: number,
  alpha: number,
): QuantileDifference | undefined {
  const [before, after] = [quantiles(baseline, [share])[0], quantiles(canary, [share])[0]];
  if (before === undefined || after === undefined) return undefined;
  const [ofBaseline, ofCanary] = [endsOf(baseline, share, alpha / 2), endsOf(canary, share, alpha / 2)];
  return {
    baseline: before,
    canary: after,
    low: ofCanary.low - ofBaseline.high,
    high: ofCanary.high - ofBaseline.low,
  };
}

/** Returns the values at the ranks; 0 and ∞ where nothing bounds a latency. */
function endsOf(values: Histogram, share: number, alpha: number): Interval {
  const count = countOf(values);
  const { low, high } = quantileRanks(count, share, alpha, { values: tightestAt, alpha });
  const at = (rank: number) => quantiles(values, [rank / count])[0] as number;
  return {
    low: low < 1 ? 0 : at(low) * (1 - relativeError),
    high: high > count ? Number.POSITIVE_INFINITY : at(high) * (1 + relativeError),
  };
}
