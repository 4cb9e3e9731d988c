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
 * Odds of being bad in `a` by those in `b`, with an interval of 1 − alpha (Woolf 1955, each count raised by a half after Haldane and
 * Anscombe, so that it exists with empty cells). Sampling good units at one rate in both leaves it as it is. Looked at once, not
 * sequential. Undefined when one of them is empty.
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
