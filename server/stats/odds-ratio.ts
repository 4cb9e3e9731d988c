import { normalQuantile } from "./normal.ts";

export interface OddsCounts {
  bad: number;
  good: number;
}

export interface OddsRatio {
  estimate: number;
  low: number;
  high: number;
}

/**
 * Odds ratio of being bad in `a` relative to `b`, with an interval of 1 − alpha (Woolf 1955, each count raised by 0.5 after Haldane and
 * Anscombe, so that it exists with empty cells). Sampling good units at the same rate in both leaves it unchanged. Valid for a single
 * evaluation, not sequentially. Undefined when either is empty.
 */
export function oddsRatio(a: OddsCounts, b: OddsCounts, alpha: number): OddsRatio | undefined {
  if (a.bad + a.good === 0 || b.bad + b.good === 0) return undefined;
  const counts = [a.bad, a.good, b.bad, b.good].map((count) => count + 0.5);
  const [badA = 1, goodA = 1, badB = 1, goodB = 1] = counts;
  const middle = Math.log((badA * goodB) / (goodA * badB));
  const deviation = Math.sqrt(counts.reduce((sum, count) => sum + 1 / count, 0));
  const distance = normalQuantile(1 - alpha / 2) * deviation;
  return { estimate: Math.exp(middle), low: Math.exp(middle - distance), high: Math.exp(middle + distance) };
}
