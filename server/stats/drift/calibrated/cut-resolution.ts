import { total } from "./calibrated-test.ts";
import type { BinGroups } from "./decision-bins.ts";
import type { Cells } from "./pool-cells.ts";

/** Stored bins of a profile, each of n / 512 reference rows where values are continuous. */
const storedBins = 512;
/** A stored bin with a quarter of a group's rows holds a value that comes again and again: what is cut there is not continuous. */
const tiedShare = 0.25;

/**
 * Chi-square of groups of stored bins that were cut by both sides together, as far from "one source" as a permutation of the rows
 * would have it. Stored edges are quantiles of the reference: a group that begins among continuous values begins at one, so that its
 * reference rows are known to a stored bin, and vary by m / (n + m) · n / 512 rows less than a permutation of labels lets them. Not
 * made good for, a feature with ties and a continuous part alarms in 4.6% of windows for 5 (half of its values zero, 50 and 500 rows).
 * @param groups where each cell ends among the stored bins. @param pooled counts of both sides by stored bin.
 */
export function cutChiSquare({ reference, current }: Cells, groups: BinGroups, pooled: readonly number[]): number {
  const [n, m] = [total(reference), total(current)];
  const known = ((m / (n + m)) * n) / storedBins;
  const tied = (tiedShare * (n + m)) / reference.length;
  const ratio = Math.sqrt(m / n);
  let sum = 0;
  for (let cell = 0; cell < reference.length; cell += 1) {
    const [r, c] = [reference[cell] as number, current[cell] as number];
    const expected = ((r + c) * n) / (n + m);
    const isContinuous = cell > 0 && (pooled[(groups[cell - 1] as number) - 1] as number) < tied;
    const freedom = isContinuous ? 1 - Math.min(0.5, known / expected) : 1;
    if (r + c > 0) sum += (ratio * r - c / ratio) ** 2 / (r + c) / freedom;
  }
  return sum;
}
