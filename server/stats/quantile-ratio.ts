import { seededRandom } from "./random.ts";

/** Two values that were measured of the same thing. */
export interface MeasuredPair {
  own: number;
  other: number;
}

export interface RatioEstimate {
  value: number;
  low: number;
  high: number;
}

const resamples = 1000;

/**
 * Computes the quantile of `own` over that of `other`, with an interval from resampling the pairs, reproducible for the same values:
 * the percentile bootstrap of Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
 * @param share between 0 and 1: 0.95 for the p95
 * @returns undefined without pairs, or if `other` has a quantile of 0
 */
export function quantileRatio(pairs: readonly MeasuredPair[], share: number, level = 0.95): RatioEstimate | undefined {
  const [own, other] = [
    quantile(
      pairs.map((pair) => pair.own),
      share,
    ),
    quantile(
      pairs.map((pair) => pair.other),
      share,
    ),
  ];
  if (pairs.length === 0 || !(other > 0)) return undefined;
  const random = seededRandom(pairs.length);
  const ratios = new Float64Array(resamples);
  const [owns, others] = [new Float64Array(pairs.length), new Float64Array(pairs.length)];
  for (let round = 0; round < resamples; round += 1) {
    for (let at = 0; at < pairs.length; at += 1) {
      const pair = pairs[Math.floor(random() * pairs.length)] as MeasuredPair;
      owns[at] = pair.own;
      others[at] = pair.other;
    }
    const below = quantile(others, share);
    ratios[round] = below > 0 ? quantile(owns, share) / below : Number.MAX_VALUE;
  }
  const outside = (1 - level) / 2;
  return { value: own / other, low: quantile(ratios, outside), high: quantile(ratios, 1 - outside) };
}

function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  const index = Math.min(sorted.length, Math.max(1, Math.ceil(share * sorted.length - 1e-9)));
  return sorted[index - 1] ?? Number.NaN;
}
