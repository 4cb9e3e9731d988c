import { logBeta } from "./beta.ts";
import { logChoose } from "./log-factorial.ts";

/**
 * Probability that at least `hits` of `rows` are hit, when each is hit with the same probability, which is itself drawn from a
 * beta distribution with the given a and b.
 */
export function betaBinomialTail(hits: number, rows: number, { a, b }: { a: number; b: number }): number {
  if (hits <= 0) return 1;
  if (hits > rows) return 0;
  const at = (x: number) => Math.exp(logChoose(rows, x) + logBeta(x + a, b + rows - x) - logBeta(a, b));
  const mean = (rows * a) / (a + b);
  const [first, last, step] = hits > mean ? [hits, rows, 1] : [hits - 1, 0, -1];
  let sum = 0;
  for (let x = first; step > 0 ? x <= last : x >= last; x += step) {
    const term = at(x);
    sum += term;
    if (term < sum * 1e-18) break;
  }
  return Math.min(1, step > 0 ? sum : 1 - sum);
}
