import { normalShareBelow } from "./normal.ts";

/** A part of a weighted sum: `weight` times a chi-square variable with so many degrees of freedom. */
export interface WeightedPart {
  weight: number;
  degrees: number;
}

/** A chi-square variable is below this with a probability of less than 1e-20, and curvatures further down are 0. */
const negligible = 1e-40;

/**
 * Computes the probability that a weighted sum of independent chi-square variables exceeds x: saddlepoint approximation (Kuonen,
 * "Saddlepoint approximations for distributions of quadratic forms in normal variables", Biometrika 86, 1999; Lugannani and Rice 1980).
 * Within 5% of the exact probability, however small it is. Weights may be negative.
 */
export function weightedChiSquareTail(x: number, parts: readonly WeightedPart[]): number {
  const largest = Math.max(0, ...parts.map(({ weight }) => weight));
  if (x <= negligible * largest && parts.every(({ weight }) => weight >= 0)) return 1;
  const s = saddlepoint(x, parts);
  let [value, slope, curvature] = [0, 0, 0];
  for (const { weight, degrees } of parts) {
    const rest = 1 - 2 * weight * s;
    value -= (degrees / 2) * Math.log(rest);
    slope += (degrees * weight) / rest;
    curvature += 2 * degrees * (weight / rest) ** 2;
  }
  const w = Math.sign(s) * Math.sqrt(Math.max(0, 2 * (s * slope - value)));
  if (Math.abs(w) < 1e-4) {
    const third = parts.reduce((sum, { weight, degrees }) => sum + 8 * degrees * weight ** 3, 0);
    return 0.5 - third / (6 * Math.sqrt(2 * Math.PI) * curvature ** 1.5);
  }
  const v = s * Math.sqrt(curvature);
  const density = Math.exp((-w * w) / 2) / Math.sqrt(2 * Math.PI);
  return Math.min(1, Math.max(0, normalShareBelow(-w) + density * (1 / v - 1 / w)));
}

/** Finds s with K′(s) = x by Newton's steps between brackets: K′ increases where the cumulant generating function K exists. */
function saddlepoint(x: number, parts: readonly WeightedPart[]): number {
  let [largest, smallest, first] = [0, 0, 0];
  for (const { weight, degrees } of parts) {
    if (weight > largest) [largest, first] = [weight, degrees * weight];
    if (weight < smallest) smallest = weight;
  }
  let high = largest > 0 ? 1 / (2 * largest) : Number.POSITIVE_INFINITY;
  let low = smallest < 0 ? 1 / (2 * smallest) : Number.NEGATIVE_INFINITY;
  // Where the largest part alone would be: not below the solution, from which side Newton's steps do not overshoot.
  let s = smallest < 0 || x <= 0 ? 0 : (1 - first / x) * high;
  for (let round = 0; round < 200; round += 1) {
    let [slope, curvature] = [0, 0];
    for (const { weight, degrees } of parts) {
      const ratio = weight / (1 - 2 * weight * s);
      slope += degrees * ratio;
      curvature += 2 * degrees * ratio * ratio;
    }
    if (slope < x) low = s;
    else high = s;
    const next = s + (x - slope) / curvature;
    const bounded = next > low && next < high ? next : middleOf(low, high, s);
    if (Math.abs(bounded - s) <= 1e-12 * (1 + Math.abs(s))) return bounded;
    s = bounded;
  }
  return s;
}

/** Returns a point between both brackets, of which one may still be infinite. */
function middleOf(low: number, high: number, s: number): number {
  if (low === Number.NEGATIVE_INFINITY) return 2 * Math.min(s, 0) - 1;
  if (high === Number.POSITIVE_INFINITY) return 2 * Math.max(s, 0) + 1;
  return (low + high) / 2;
}
