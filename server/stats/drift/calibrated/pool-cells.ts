import { logChoose } from "../../log-factorial.ts";
import { total } from "./calibrated-test.ts";

/** Two samples counted in the same cells. */
export interface Cells {
  reference: number[];
  current: number[];
}

/** Levels that are not counted one by one. */
export interface OtherLevels {
  reference: number;
  current: number;
  /** Rows that the reference has of the rarest level that is counted: the others have at most as many. */
  minCounted: number;
}

/** Probability up to which a level may miss being counted by chance. */
const missed = 1e-3;

/**
 * Joins the levels whose own cell would be biased (docs/spec/drift.md section 6.2), and no others: a level is counted because the
 * reference has it, or has it often. Counted one by one, rare levels that the reference happens to have look too frequent in it, and
 * small references alarm without drift (200 Zipf levels, 200 rows: 18% instead of 1%). Therefore levels with so few rows on both sides
 * together that the reference could have missed them join those that it did miss: then no cell depends on which side had them.
 * @param unseen current rows of levels that the reference does not contain.
 * @param other levels of the reference that have no count of their own.
 */
export function pooledCells(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  { unseen = 0, other }: { unseen?: number | undefined; other?: OtherLevels | undefined } = {},
): Cells {
  const n = total(reference) + (other?.reference ?? 0);
  const m = total(current) + unseen + (other?.current ?? 0);
  const least = rowsNeeded(n / (n + m), other && other.reference > 0 ? other.minCounted : 0);
  const cells: Cells = { reference: [], current: [] };
  let rest: [number, number] = [other?.reference ?? 0, unseen + (other?.current ?? 0)];
  for (let level = 0; level < reference.length; level += 1) {
    const r = reference[level] as number;
    const c = current[level] as number;
    if (r + c >= least) {
      cells.reference.push(r);
      cells.current.push(c);
    } else rest = [rest[0] + r, rest[1] + c];
  }
  if (rest[0] + rest[1] > 0) {
    cells.reference.push(rest[0]);
    cells.current.push(rest[1]);
  }
  return cells;
}

/** Leaves out cells without rows. */
export function filledCells(reference: ArrayLike<number>, current: ArrayLike<number>): Cells {
  const cells: Cells = { reference: [], current: [] };
  for (let cell = 0; cell < reference.length; cell += 1) {
    if ((reference[cell] as number) + (current[cell] as number) === 0) continue;
    cells.reference.push(reference[cell] as number);
    cells.current.push(current[cell] as number);
  }
  return cells;
}

/** Returns the smallest number of rows of a level with which the reference has more than `atMost` of them almost certainly. */
function rowsNeeded(share: number, atMost: number): number {
  let [low, high] = [atMost, atMost + 1];
  while (missing(high, share, atMost) > missed) [low, high] = [high, 2 * high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (missing(middle, share, atMost) > missed) low = middle;
    else high = middle;
  }
  return high;
}

/** Computes the probability that at most so many of a level's rows fall to the reference (binomial). */
function missing(rows: number, share: number, atMost: number): number {
  let sum = 0;
  for (let hits = atMost; hits >= 0; hits -= 1) {
    const own = Math.exp(logChoose(rows, hits) + hits * Math.log(share) + (rows - hits) * Math.log1p(-share));
    sum += own;
    if (own < 1e-9 * sum) break;
  }
  return sum;
}
