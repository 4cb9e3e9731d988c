import { ArgumentError } from "./argument-error.ts";

/**
 * Computes the digamma function ψ, the derivative of ln Γ, of a positive number: by its recurrence up to 10, then by its asymptotic
 * series (https://dlmf.nist.gov/5.11.E2). Absolute error below 1e-14 above 0.1.
 * @throws ArgumentError unless the number is positive and finite
 */
export function digamma(x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY)) throw new ArgumentError("Digamma takes positive numbers.");
  let [at, sum] = [x, 0];
  for (; at < 10; at += 1) sum -= 1 / at;
  const square = 1 / (at * at);
  let series = 0;
  for (let term = coefficients.length - 1; term >= 0; term -= 1) {
    series = square * ((coefficients[term] as number) + series);
  }
  return sum + Math.log(at) - 1 / (2 * at) - series;
}

/** B_2k / 2k. */
const coefficients = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12];
