import { logBeta } from "./beta.ts";
import { logChoose } from "./log-factorial.ts";

/**
 * Computes the probability that at least `hits` of `rows` are hits, when each is a hit with the same probability, which is itself
 * drawn from a beta distribution with the given a and b. One logarithm for the first term, the others by their ratios.
 */
export function betaBinomialTail(hits: number, rows: number, { a, b }: { a: number; b: number }): number {
  if (hits <= 0) return 1;
  if (hits > rows) return 0;
  if (Number.isInteger(a) && Number.isInteger(b) && a >= 1 && a <= maxTerms)
    return tailProbability(hits, rows, a, a + b - 1);
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

/** Up to so many terms are quicker than the sum over all counts, which may be millions. */
const maxTerms = 32;

/**
 * Computes the same tail for an integer a and b, in a terms: the hits are the rows that precede the a-th of `others` in a random order
 * of both, and there are at least `hits` of them when the first hits + a − 1 contain fewer than a of the others.
 */
function tailProbability(hits: number, rows: number, a: number, others: number): number {
  const drawn = hits + a - 1;
  const all = logChoose(rows + others, drawn);
  let sum = 0;
  for (let other = 0; other < a; other += 1) {
    if (other > others || drawn - other > rows) continue;
    sum += Math.exp(logChoose(others, other) + logChoose(rows, drawn - other) - all);
  }
  return Math.min(1, sum);
}
