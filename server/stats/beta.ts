import { logGamma } from "./gamma.ts";

/** Computes the logarithm of the beta function of two positive numbers. */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/**
 * Computes the logarithm of the incomplete beta function, not regularised: ln ∫₀ˣ t^(a−1) (1−t)^(b−1) dt, by its continued fraction:
 * https://dlmf.nist.gov/8.17.E22. −∞ at or below 0, ln B(a, b) at or above 1.
 */
export function logIncompleteBeta(x: number, a: number, b: number): number {
  if (x >= 1) return logBeta(a, b);
  if (x <= 0) return Number.NEGATIVE_INFINITY;
  // The fraction converges fast on one side of the mean only; on the other its mirror image is used.
  if (x < (a + 1) / (a + b + 2)) return a * Math.log(x) + b * Math.log1p(-x) + Math.log(fraction(x, a, b) / a);
  const total = logBeta(a, b);
  const tail = a * Math.log(x) + b * Math.log1p(-x) + Math.log(fraction(1 - x, b, a) / b);
  return total + Math.log1p(-Math.exp(tail - total));
}

/** Computes the regularised incomplete beta function I_x(a, b). */
export function incompleteBeta(x: number, a: number, b: number): number {
  return Math.exp(logIncompleteBeta(x, a, b) - logBeta(a, b));
}

/** Evaluates the continued fraction from the front (modified Lentz, Thompson and Barnett 1986). */
function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < 10_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const factor = d * c;
    result *= factor;
    if (Math.abs(factor - 1) < 1e-15) break;
  }
  return result;
}
