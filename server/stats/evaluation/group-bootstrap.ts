import { ArgumentError, requireCounts } from "../argument-error.ts";
import type { Band } from "../estimation/cell-metrics.ts";
import { type Random, seededRandom } from "../random.ts";
import { binomialFrom } from "../random-counts.ts";
import { percentileInterval } from "./bootstrap.ts";

/** Highest less lowest share of groups with its percentile interval. */
export interface GroupDifference {
  difference: number | null;
  interval: Band | null;
}

/** Hits of one group, row by row. */
type Hits = ArrayLike<number>;

/** Beyond, hits are drawn as a binomial count, which has the same distribution. */
const maxDrawnRows = 2_048;

/**
 * Computes the difference between the highest and the lowest share of groups, with a bootstrap of rows within each group
 * (docs/spec/evaluation.md section 8.2). Rows of groups are drawn one by one in the order of the groups, those of a group of more than 2,048
 * rows as one binomial count.
 * @param groups 1 or 0 of each row, by group; empty groups are left out
 * @throws ArgumentError for values other than 0 and 1, or resamples that are no whole number from 1 to 100,000
 */
export function groupBootstrap(
  groups: readonly Hits[],
  {
    resamples = 1_000,
    random = seededRandom(1),
    level = 0.95,
  }: { resamples?: number; random?: Random; level?: number } = {},
): GroupDifference {
  if (!(Number.isInteger(resamples) && resamples >= 1 && resamples <= 100_000)) {
    throw new ArgumentError("The number of resamples must be a whole number from 1 to 100,000.");
  }
  const filled = groups.filter(({ length }) => length > 0);
  const shares = filled.map((hits) => {
    let sum = 0;
    for (let row = 0; row < hits.length; row += 1) {
      if (hits[row] !== 0 && hits[row] !== 1) throw new ArgumentError("Hits must be 0 or 1.");
      sum += hits[row] as number;
    }
    return sum / hits.length;
  });
  if (filled.length === 0) return { difference: null, interval: null };
  const values = Float64Array.from({ length: resamples }, () => {
    let [low, high] = [1, 0];
    filled.forEach((hits, at) => {
      const share = drawnShare(hits, shares[at] as number, random);
      low = Math.min(low, share);
      high = Math.max(high, share);
    });
    return high - low;
  });
  return { difference: Math.max(...shares) - Math.min(...shares), interval: percentileInterval(values, level) };
}

function drawnShare(hits: Hits, share: number, random: Random): number {
  const rows = hits.length;
  if (rows > maxDrawnRows) return binomialFrom(rows, share, random) / rows;
  let sum = 0;
  for (let drawn = 0; drawn < rows; drawn += 1) sum += hits[Math.floor(random() * rows)] as number;
  return sum / rows;
}

/** Difference that equal groups show by chance. */
export interface ChanceGap {
  mean: number;
  /** 95% of such sets show less. */
  limit: number;
}

/**
 * Simulates the difference between the highest and the lowest share of groups that are all equal, so that a page can show what chance
 * alone would (docs/spec/evaluation.md section 8.3).
 * @param rows of each group @param share of all groups together @returns null with fewer than two groups of at least one row
 * @throws ArgumentError for rows that are no counts, a share outside of 0 to 1, or draws that are no whole number from 1 to 100,000
 */
export function gapByChance(
  rows: readonly number[],
  share: number,
  { draws = 1_000, seed = 1 }: { draws?: number; seed?: number } = {},
): ChanceGap | null {
  requireCounts(rows, "Rows of groups");
  if (!(share >= 0 && share <= 1)) throw new ArgumentError("A share must be from 0 to 1.");
  if (!(Number.isInteger(draws) && draws >= 1 && draws <= 100_000)) {
    throw new ArgumentError("The number of draws must be a whole number from 1 to 100,000.");
  }
  const filled = rows.map(Math.floor).filter((count) => count > 0);
  if (filled.length < 2) return null;
  const random = seededRandom(seed);
  const gaps = Float64Array.from({ length: draws }, () => {
    let [low, high] = [1, 0];
    for (const count of filled) {
      const drawn = binomialFrom(count, share, random) / count;
      low = Math.min(low, drawn);
      high = Math.max(high, drawn);
    }
    return high - low;
  }).sort();
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / draws;
  return { mean, limit: gaps[Math.min(draws - 1, Math.ceil(0.95 * draws) - 1)] as number };
}
