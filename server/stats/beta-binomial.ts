import { logBeta } from "./beta.ts";
import { logChoose } from "./log-factorial.ts";

/**
 * Probability that at least `hits` of `rows` are hit, when each is hit with the same probability, which is itself drawn from a
 * beta distribution with the given a and b. One logarithm for the first term, the others by their ratios.
 */
export function betaBinomialTail(hits: number, rows: number, { a, b }: { a: number; b: number }): number {
  if (hits <= 0) return 1;
  if (hits > rows) return 0;
  const at = (x: number) => Math.exp(logChoose(rows, x) + logBeta(x + a, b + rows - x) - logBeta(a, b));
  /** P(x + 1) / P(x). */
  const ratio = (x: number) => ((rows - x) / (x + 1)) * ((x + a) / (b + rows - x - 1));
  const isAbove = hits > (rows * a) / (a + b);
  let x = isAbove ? hits : hits - 1;
  let term = at(x);
  let sum = 0;
  while (term > sum * 1e-18) {
    sum += term;
    if (x === (isAbove ? rows : 0)) break;
    term = isAbove ? term * ratio(x) : term / ratio(x - 1);
    x += isAbove ? 1 : -1;
  }
  return Math.min(1, isAbove ? sum : 1 - sum);
}
