import type { Interval } from "./rate-ratio.ts";

/** An estimate, as the canary's mean less the baseline's, with its standard error √(s_c²/n_c + s_b²/n_b). */
export interface Estimate {
  value: number;
  standardError: number;
  /** Values of both arms together. */
  count: number;
}

export interface SequenceTuning {
  alpha: number;
  /** Count of values at which the interval is tightest; near the expected total. */
  tightestAt: number;
}

/** Computes the squared prior scale times the count, plus one, and the corresponding radius, which all formulas share. */
function scaled({ standardError, count }: Estimate, alpha: number, tightestAt: number) {
  const log = -2 * Math.log(alpha);
  const rhoSquared = (log + Math.log(log + 1)) / tightestAt;
  const q = count * rhoSquared + 1;
  const radius = (excess: number) =>
    standardError * Math.sqrt(count) * Math.sqrt(((2 * q) / (count ** 2 * rhoSquared)) * excess);
  return { rhoSquared, q, radius };
}

/**
 * Computes the interval of a difference of means (cost per request, a score, log latency) that is valid at all times simultaneously
 * with a probability of about 1 − α: asymptotic, so require at least 100 values per arm, more and clipped ones for heavy tails.
 * Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences", Annals of
 * Statistics 52, 2024.
 */
export function meanSequence(estimate: Estimate, { alpha, tightestAt }: SequenceTuning): Interval {
  const { q, radius } = scaled(estimate, alpha, tightestAt);
  const half = radius(Math.log(Math.sqrt(q) / alpha));
  return { low: estimate.value - half, high: estimate.value + half };
}

/** Returns the bounds of the two one-sided sequences, each with its own level 1 − α: a lower bound above the tolerance is a regression. */
export function oneSidedMeanSequences(estimate: Estimate, { alpha, tightestAt }: SequenceTuning): Interval {
  const { q, radius } = scaled(estimate, 2 * alpha, tightestAt);
  const half = radius(Math.log(1 + Math.sqrt(q) / (2 * alpha)));
  return { low: estimate.value - half, high: estimate.value + half };
}

/**
 * Computes the two-sided anytime-valid p-value of "the difference is 0".
 * @param tuning its alpha sets the level at which it is most powerful.
 */
export function meanPValue(estimate: Estimate, { alpha, tightestAt }: SequenceTuning): number {
  const { rhoSquared, q } = scaled(estimate, alpha, tightestAt);
  const square = (estimate.value / estimate.standardError) ** 2 * estimate.count;
  return Math.min(1, Math.sqrt(q) * Math.exp((-rhoSquared * square) / (2 * q)));
}

/**
 * Computes the mixture sequential probability ratio of two arms with `count` values each and a common variance, for comparison with
 * tools that use it (Johari, Koomen, Pekelis, Walsh, "Peeking at A/B tests", KDD 2017). The p-value is min(1, 1/ratio).
 * @param difference of means, minus the one of the hypothesis. @param spread variance of the normal mixture.
 */
export function mixtureRatio(difference: number, count: number, variance: number, spread: number): number {
  const total = 2 * variance + count * spread;
  const exponent = (count ** 2 * spread * difference ** 2) / (4 * variance * total);
  return Math.sqrt((2 * variance) / total) * Math.exp(exponent);
}
