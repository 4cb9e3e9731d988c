import { requireFinite, requireSameLength } from "../argument-error.ts";
import { normalQuantile } from "../normal.ts";
import { meanInterval } from "../student-t.ts";

/** How far two annotators differ in numbers they gave to the same items: values of the first less those of the second. */
export interface BlandAltman {
  count: number;
  mean: number;
  /** Interval of the mean difference; off zero, one of them gives higher numbers. */
  low: number;
  high: number;
  deviation: number;
  /** Limits of agreement: 95% of differences are between them if they are about normal. */
  lower: number;
  upper: number;
}

/**
 * Computes the mean difference of paired numbers and its limits of agreement, mean ± 1.96 deviations.
 * Bland and Altman, "Statistical methods for assessing agreement between two methods of clinical measurement", Lancet 327, 1986.
 * @returns null for fewer than two pairs
 * @throws ArgumentError for numbers that are not finite, or lists of different lengths
 */
export function blandAltman(first: readonly number[], second: readonly number[]): BlandAltman | null {
  requireSameLength(first, second, "Numbers of two annotators");
  const differences = first.map((value, at) => value - (second[at] as number));
  requireFinite(differences, "Differences");
  const count = differences.length;
  const mean = differences.reduce((sum, one) => sum + one / count, 0);
  const deviation = Math.sqrt(differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (count - 1));
  const interval = meanInterval({ count, mean, deviation });
  if (!interval) return null;
  const half = normalQuantile(0.975) * deviation;
  return { count, mean, ...interval, deviation, lower: mean - half, upper: mean + half };
}
