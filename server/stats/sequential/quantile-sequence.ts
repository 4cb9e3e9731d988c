import { betaBinomialLogMixture, mixtureBound, type Tuning } from "./mixtures.ts";

export interface QuantileTuning {
  alpha: number;
  /** Count of values at which the sequence is tightest. */
  tightestAt: number;
}

const tunedTo = (share: number, { alpha, tightestAt }: QuantileTuning): Tuning => ({
  v: share * (1 - share) * tightestAt,
  alpha,
});

/**
 * Ranks (from 1) of the sorted values between which a quantile lies at all counts at once with a probability of 1 − α; a rank
 * below 1 is −∞, one above `count` is ∞. Two-sided beta-binomial mixture: Howard & Ramdas, "Sequential estimation of quantiles
 * with applications to A/B testing and best-arm identification", Bernoulli 28, 2022.
 */
export function quantileRanks(
  count: number,
  share: number,
  alpha: number,
  tuning: QuantileTuning,
): { low: number; high: number } {
  const v = share * (1 - share) * count;
  const distance = (g: number) => {
    const logMixture = (s: number) => betaBinomialLogMixture(s, v, tunedTo(share, tuning), { g, h: 1 - g }, 2);
    return mixtureBound(logMixture, alpha, v, v / g) / count;
  };
  return {
    low: Math.floor(count * (share - distance(1 - share)) + 1),
    high: Math.ceil(count * (share + distance(share))),
  };
}

/** What one arm says against "the quantile is x", as a function of x, and the values between which it says least. */
interface Arm {
  logE: (value: number) => number;
  start: number;
  end: number;
}

/**
 * Two-sided p-value, valid at any time, of "both arms have the same quantile" (the same paper, theorem 5): from the value that
 * both arms speak against the least. Independent values, at least one per arm.
 * @param a sorted upwards, as b.
 */
export function quantilePValue(
  a: readonly number[],
  b: readonly number[],
  share: number,
  tuning: QuantileTuning,
): number {
  const arms = [armOf(a, share, tuning), armOf(b, share, tuning)] as const;
  const [left, right] = arms[0].end > arms[1].end ? [arms[1], arms[0]] : arms;
  const values = left === arms[0] ? b : a;
  let least = Math.min(left.logE(left.end) + right.logE(left.end), left.logE(right.start) + right.logE(right.start));
  const last = placeAbove(values, right.start);
  for (let place = Math.max(0, placeAbove(values, left.end) - 1); place < last; place += 1) {
    const value = values[place] as number;
    least = Math.min(least, left.logE(value) + right.logE(value));
  }
  return Math.min(1, Math.exp(-least));
}

function armOf(sorted: readonly number[], share: number, tuning: QuantileTuning): Arm {
  const count = sorted.length;
  const v = share * (1 - share) * count;
  const atShare = (below: number) =>
    betaBinomialLogMixture((below - share) * count, v, tunedTo(share, tuning), { g: share, h: 1 - share }, 2);
  const mildest = leastBetween(0, 1, atShare);
  const start = sorted[Math.ceil(mildest * count) - 1] as number;
  const end = sorted[Math.floor(mildest * count)] as number;
  const logE = (value: number) => {
    // In a tie or a gap the share below may be any between its limits: the mildest, or the nearest to it.
    if (value < start) return atShare(placeAbove(sorted, value) / count);
    return atShare(value > end ? placeFrom(sorted, value) / count : mildest);
  };
  return { logE, start, end };
}

/** Where a convex function is least, by golden sections. */
function leastBetween(from: number, to: number, value: (at: number) => number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  for (let round = 0; round < 90; round += 1) {
    const width = ratio * (high - low);
    if (value(high - width) < value(low + width)) high = low + width;
    else low = high - width;
  }
  return (low + high) / 2;
}

/** How many of the sorted values do not exceed a value. */
function placeAbove(sorted: readonly number[], value: number): number {
  return countWhere(sorted, (other) => other <= value);
}

/** How many of the sorted values are below a value. */
function placeFrom(sorted: readonly number[], value: number): number {
  return countWhere(sorted, (other) => other < value);
}

function countWhere(sorted: readonly number[], holds: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
