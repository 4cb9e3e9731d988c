import { normalQuantile } from "./normal.ts";

export interface ProportionInterval {
  low: number;
  high: number;
}

/** A share of so many rows: 0.96 of 360. */
export interface Proportion {
  share: number;
  count: number;
}

/**
 * Computes Wilson's interval for a share of independent rows. It stays within 0 and 1 and keeps its level for small counts too.
 * Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
 * @param level the probability with which such intervals cover the true value.
 */
export function wilsonInterval({ share, count }: Proportion, level = 0.95): ProportionInterval {
  const z = normalQuantile(1 - (1 - level) / 2);
  // Nothing is known of no rows, and only everything is certain.
  if (!(count > 0) || z === Number.POSITIVE_INFINITY) return { low: 0, high: 1 };
  const scale = 1 + (z * z) / count;
  const middle = (share + (z * z) / (2 * count)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * Computes the interval for the difference of two shares, `a` minus `b`, from their Wilson intervals. For shares of the same rows it
 * is wider than necessary when both models are correct on the same rows, so it errs on the side of "insufficient data".
 * Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17, 1998, method 10.
 */
export function newcombeInterval(a: Proportion, b: Proportion, level = 0.95): ProportionInterval {
  const [first, second] = [wilsonInterval(a, level), wilsonInterval(b, level)];
  const difference = a.share - b.share;
  return {
    low: difference - Math.hypot(a.share - first.low, second.high - b.share),
    high: difference + Math.hypot(first.high - a.share, b.share - second.low),
  };
}
