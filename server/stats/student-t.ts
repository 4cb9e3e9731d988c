import { incompleteBeta } from "./beta.ts";

/** Interval of the mean of a sample; there is none with fewer than two values. */
export interface MeanInterval {
  low: number;
  high: number;
}

/**
 * Computes the interval that covers the true mean with a probability of `level`, when values are approximately normal: mean ± t · s /
 * √n, with Student's t of n − 1 degrees of freedom (Student, "The probable error of a mean", Biometrika 6, 1908).
 * @param deviation standard deviation of the sample, by n − 1.
 * @returns undefined for fewer than two values, which are insufficient.
 */
export function meanInterval(
  sample: { count: number; mean: number; deviation: number },
  level = 0.95,
): MeanInterval | undefined {
  const { count, mean, deviation } = sample;
  if (count < 2 || !Number.isFinite(mean) || !Number.isFinite(deviation)) return undefined;
  const half = (studentQuantile(1 - (1 - level) / 2, count - 1) * deviation) / Math.sqrt(count);
  return { low: mean - half, high: mean + half };
}

/**
 * Computes a quantile of Student's t distribution.
 * @param probability above 0.5 and below 1. @param freedom degrees of freedom, at least 1.
 */
export function studentQuantile(probability: number, freedom: number): number {
  // The tail of two sides is a regularised incomplete beta function of x = ν / (ν + t²), which grows with x.
  const tail = 2 * (1 - probability);
  let [low, high] = [0, 1];
  for (let round = 0; round < 200 && high - low > Number.EPSILON * high; round++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, freedom / 2, 0.5) < tail) low = middle;
    else high = middle;
  }
  const x = (low + high) / 2;
  return Math.sqrt((freedom * (1 - x)) / x);
}
