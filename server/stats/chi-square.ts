import { incompleteGamma, logGamma } from "./gamma.ts";
import { normalQuantile } from "./normal.ts";

/** Computes the probability that a chi-square variable exceeds `x`: Q(degrees / 2, x / 2). 1 at or below 0, 0 at infinity. */
export function chiSquareTail(x: number, degrees: number): number {
  if (x === Number.POSITIVE_INFINITY) return 0;
  return x <= 0 ? 1 : incompleteGamma(degrees / 2, x / 2).upper;
}

const known = new Map<string, number>();

/**
 * Computes the value that a chi-square variable exceeds with probability `alpha`: from the approximation of Wilson and Hilferty (1931)
 * by Newton's steps on the tail, kept between brackets by bisection. 21.666 for 1% and 9 degrees.
 * @param alpha above 0 and below 1. @param degrees at least 1.
 */
export function chiSquareQuantile(alpha: number, degrees: number): number {
  const key = `${alpha} ${degrees}`;
  const kept = known.get(key);
  if (kept !== undefined) return kept;
  const value = solve(alpha, degrees);
  // Windows request the same few values repeatedly; a caller that requests many different ones must not fill the memory.
  if (known.size >= 10_000) known.clear();
  known.set(key, value);
  return value;
}

function solve(alpha: number, degrees: number): number {
  const spread = 2 / (9 * degrees);
  let x = Math.max(degrees * (1 - spread + -normalQuantile(alpha) * Math.sqrt(spread)) ** 3, 1e-8);
  let low = 0;
  let high = Math.max(4 * x, 1);
  while (chiSquareTail(high, degrees) > alpha) high *= 2;
  for (let round = 0; round < 200; round += 1) {
    const tail = chiSquareTail(x, degrees);
    if (tail > alpha) low = x;
    else high = x;
    // On the logarithm of the tail, which is almost straight: one step is enough far out.
    const step = (tail * Math.log(tail / alpha)) / density(x, degrees);
    const next = x + step;
    const bounded = next > low && next < high ? next : (low + high) / 2;
    if (Math.abs(bounded - x) <= 1e-14 * x) return bounded;
    x = bounded;
  }
  return x;
}

function density(x: number, degrees: number): number {
  // Q′ = −x^(a−1) e^(−x/2) / (2^a Γ(a)) with a = degrees / 2.
  const half = degrees / 2;
  return Math.exp((half - 1) * Math.log(x) - x / 2 - half * Math.LN2 - logGamma(half));
}
