import { ArgumentError } from "./argument-error.ts";
import { incompleteBeta } from "./beta.ts";

/** Computes the probability that a variable of the F distribution exceeds `f`: I_x(d2/2, d1/2) at x = d2 / (d2 + d1 f). */
export function fTail(f: number, d1: number, d2: number): number {
  if (f === Number.POSITIVE_INFINITY) return 0;
  return f <= 0 ? 1 : incompleteBeta(d2 / (d2 + d1 * f), d2 / 2, d1 / 2);
}

/**
 * Computes the value that a variable of the F distribution exceeds with probability `alpha`. 3.2196 for 0.1%, 9 and 270 degrees.
 * @throws ArgumentError for a negative probability
 */
export function fQuantile(alpha: number, d1: number, d2: number): number {
  if (alpha < 0) throw new ArgumentError("A probability must be from 0 to 1.");
  let low = 0;
  let high = 2;
  while (fTail(high, d1, d2) > alpha) high *= 2;
  for (let round = 0; round < 200 && high - low > 1e-14 * high; round += 1) {
    const middle = (low + high) / 2;
    if (fTail(middle, d1, d2) > alpha) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
