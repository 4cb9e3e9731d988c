import { requireCounts, requireFinite, requireSameLength } from "../argument-error.ts";
import { incompleteBeta } from "../beta.ts";
import type { Band } from "../estimation/cell-metrics.ts";
import { normalQuantile } from "../normal.ts";
import { meanInterval } from "../student-t.ts";

/** Rows by which of two versions was correct. */
export interface PairedCells {
  both: number;
  onlyFirst: number;
  onlySecond: number;
  neither: number;
}

/** First less second, with its interval; null where nothing is known. */
export interface PairedDifference {
  difference: number | null;
  interval: Band | null;
}

/**
 * Computes the difference of two shares of the same rows, first less second. The interval is that of Agresti and Min ("Simple improved
 * confidence intervals for comparing matched proportions", Statistics in Medicine 24, 2005): half a row is added to each of the four cells.
 * The limits are cut at −1 and 1 (docs/spec/evaluation.md section 9.2).
 * @throws ArgumentError unless the cells are counts
 */
export function pairedShares({ both, onlyFirst, onlySecond, neither }: PairedCells, level = 0.95): PairedDifference {
  requireCounts([both, onlyFirst, onlySecond, neither], "Cells");
  const rows = both + onlyFirst + onlySecond + neither;
  if (rows === 0) return { difference: null, interval: null };
  const apart = onlyFirst - onlySecond;
  const middle = apart / (rows + 2);
  const error = Math.sqrt(onlyFirst + onlySecond + 1 - (apart * apart) / (rows + 2)) / (rows + 2);
  const half = normalQuantile(1 - (1 - level) / 2) * error;
  return {
    difference: apart / rows,
    interval: { low: Math.max(-1, middle - half), high: Math.min(1, middle + half) },
  };
}

/**
 * Computes the exact two-sided p-value of McNemar's test: twice the tail of a binomial distribution of the rows on which only one version
 * was correct, at most 1. For readers; decisions use the interval. Null without rows.
 * @throws ArgumentError unless the cells are counts
 */
export function mcNemarPValue({ both, onlyFirst, onlySecond, neither }: PairedCells): number | null {
  requireCounts([both, onlyFirst, onlySecond, neither], "Cells");
  if (both + onlyFirst + onlySecond + neither === 0) return null;
  const fewer = Math.min(onlyFirst, onlySecond);
  const apart = onlyFirst + onlySecond;
  if (2 * fewer >= apart - 1) return 1;
  // P(X ≤ k) of n coins is I½(n − k, k + 1).
  return Math.min(1, 2 * incompleteBeta(0.5, apart - fewer, fewer + 1));
}

/**
 * Computes the exact one-sided p-value of McNemar's test: how likely at least as many rows on which only the first version is correct are, if both
 * versions are equally good. P(X ≥ b) of b + c coins is I½(b, c + 1).
 * @throws ArgumentError unless the cells are counts
 */
export function mcNemarPValueOfBetter({
  onlyFirst,
  onlySecond,
}: Pick<PairedCells, "onlyFirst" | "onlySecond">): number {
  requireCounts([onlyFirst, onlySecond], "Cells");
  return onlyFirst === 0 ? 1 : incompleteBeta(0.5, onlyFirst, onlySecond + 1);
}

/**
 * Computes how many rows show, four times of five, that a version as good as another one is no worse than a margin: the lower limit of the 95 %
 * interval of the difference is above −margin then (normal approximation).
 * @param margin above 0. @param discordant share of rows on which only one of the two is correct
 */
export function rowsForMargin(margin: number, discordant: number): number {
  return Math.ceil(discordant * ((normalQuantile(0.975) + normalQuantile(0.8)) / margin) ** 2);
}

/**
 * Computes the mean of the differences of two lists of values of the same rows, first less second, with Student's t interval; none for
 * a single row.
 * @throws ArgumentError for numbers that are not finite or lists of different lengths
 */
export function pairedMeans(first: ArrayLike<number>, second: ArrayLike<number>, level = 0.95): PairedDifference {
  requireSameLength(first, second, "Both lists");
  requireFinite(first, "Values");
  requireFinite(second, "Values");
  const count = first.length;
  if (count === 0) return { difference: null, interval: null };
  let sum = 0;
  for (let at = 0; at < count; at += 1) sum += (first[at] as number) - (second[at] as number);
  const mean = sum / count;
  let squares = 0;
  for (let at = 0; at < count; at += 1) squares += ((first[at] as number) - (second[at] as number) - mean) ** 2;
  const deviation = Math.sqrt(squares / Math.max(1, count - 1));
  return { difference: mean, interval: meanInterval({ count, mean, deviation }, level) ?? null };
}
