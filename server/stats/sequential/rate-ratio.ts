import { logBeta } from "../beta.ts";

/** Events of both arms while the canary had one share of the units. */
export interface ArmEvents {
  canary: number;
  baseline: number;
  /** The canary's share of units, above 0 and below 1. */
  weight: number;
}

/** Ends of an interval; −∞ or 0, and ∞, where nothing bounds it. */
export interface Interval {
  low: number;
  high: number;
}

/** Strength of the prior towards "no difference". 10 suits large effects, as of canaries; 100 small ones and sample ratios. */
const canaryConcentration = 10;

/**
 * Computes ln E of the two-sided test of "both arms have the same rate": Beta-Binomial against Binomial with the known share. If the
 * weight changed, add the logarithms of its periods. Reject at E ≥ 1/α, at any time (Lindon & Malek, "Anytime-valid inference for
 * multinomial count data", NeurIPS 2022).
 * @param concentration fixed before the rollout.
 */
export function twoSidedLogE({ canary, baseline, weight }: ArmEvents, concentration = canaryConcentration): number {
  return (
    logEvidence({ canary, baseline, weight }, concentration) -
    canary * Math.log(weight) -
    baseline * Math.log1p(-weight)
  );
}

function logEvidence({ canary, baseline, weight }: ArmEvents, concentration: number): number {
  const [a, b] = [concentration * weight, concentration * (1 - weight)];
  return logBeta(a + canary, b + baseline) - logBeta(a, b);
}

/** Far beyond any ratio that is met, and no exponential overflows. */
const farthest = 60;

/**
 * Computes the interval of ln(rate of the canary / rate of the baseline) that covers the true one at all times simultaneously with a
 * probability of 1 − α, given one row per weight: all d for which the product of the rows' E against "the ratio is eᵈ" stays below
 * 1/α.
 * (−∞, ∞) without events; open on the side of an arm without events.
 */
export function logRateRatioInterval(
  rows: readonly ArmEvents[],
  alpha: number,
  concentration = canaryConcentration,
): Interval {
  const informative = rows.filter(({ weight }) => weight > 0 && weight < 1);
  const sum = (arm: "canary" | "baseline") => informative.reduce((total, row) => total + row[arm], 0);
  const floor = informative.reduce((total, row) => total + logEvidence(row, concentration), 0) + Math.log(alpha);
  const isWithin = (ratio: number) => informative.reduce((total, row) => total + logLikelihood(row, ratio), 0) >= floor;
  // The likelihood is concave in ln ratio: it increases while there are more canary events than expected from the ratio.
  const isBelowPeak = (ratio: number) =>
    informative.reduce((excess, row) => excess + row.canary - (row.canary + row.baseline) * eventShare(row, ratio), 0) >
    0;
  const peak = border(-farthest, farthest, isBelowPeak);
  return {
    low: sum("canary") === 0 ? Number.NEGATIVE_INFINITY : border(-farthest, peak, (ratio) => !isWithin(ratio)),
    high: sum("baseline") === 0 ? Number.POSITIVE_INFINITY : border(peak, farthest, isWithin),
  };
}

/** Computes the canary's share of events at the ratio e^logRatio, written so that nothing overflows. */
function eventShare({ weight }: ArmEvents, logRatio: number): number {
  return weight / (weight + (1 - weight) * Math.exp(-logRatio));
}

function logLikelihood({ canary, baseline, weight }: ArmEvents, logRatio: number): number {
  const up = Math.log(weight) + logRatio;
  const down = Math.log1p(-weight);
  const total = Math.max(up, down) + Math.log1p(Math.exp(-Math.abs(up - down)));
  return canary * (up - total) + baseline * (down - total);
}

/** Finds the point up to which a condition holds, by bisection. */
function border(from: number, to: number, holds: (at: number) => boolean): number {
  let [low, high] = [from, to];
  for (let round = 0; round < 100 && high - low > 1e-14; round += 1) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Computes the interval of the rate ratio itself: 1 is "no difference". */
export function rateRatioInterval(rows: readonly ArmEvents[], alpha: number): Interval {
  const { low, high } = logRateRatioInterval(rows, alpha);
  return { low: Math.exp(low), high: Math.exp(high) };
}

/**
 * Intersects two intervals of one confidence sequence: an earlier interval stays valid, so the displayed one only narrows.
 * @returns undefined when the intersection is empty, which means that the ratio has changed over time: show the newest interval.
 */
export function narrowed(earlier: Interval, now: Interval): Interval | undefined {
  const both = { low: Math.max(earlier.low, now.low), high: Math.min(earlier.high, now.high) };
  return both.low <= both.high ? both : undefined;
}
