import { wilsonInterval } from "../proportion.ts";
import type { Band } from "./cell-metrics.ts";
import { scoreEdges } from "./score-grid.ts";

/** One point of a reliability diagram. */
export interface ReliabilityPoint {
  /** Range of scores. */
  from: number;
  to: number;
  rows: number;
  /** Mean predicted score. */
  meanScore: number;
  /** Share that was true. */
  share: number;
  interval: Band;
}

/** Scores of labelled rows by bins of [0, 1]. */
export interface OutcomeBins {
  count: ArrayLike<number>;
  sum: ArrayLike<number>;
  positive: ArrayLike<number>;
}

/** Rows of a point: fewer scatter so far that the point says nothing. */
const minRows = 30;

interface Part {
  from: number;
  to: number;
  rows: number;
  sum: number;
  hits: number;
}

/**
 * Compares scores with outcomes in groups of about equal row counts, so that each group is equally reliable. A group has at least 30
 * rows and half of its equal share; a rest below that joins its neighbour. Only if all rows are fewer is there a smaller point.
 * @param edges of the bins, one more than bins
 */
export function reliability(
  { count, sum, positive }: OutcomeBins,
  edges: ArrayLike<number> = scoreEdges,
  groups = 10,
): ReliabilityPoint[] {
  let total = 0;
  for (let bin = 0; bin < count.length; bin += 1) total += count[bin] as number;
  const share = total / groups;
  const least = Math.max(minRows, share / 2);
  const parts: Part[] = [];
  let open: Part = { from: 0, to: 0, rows: 0, sum: 0, hits: 0 };
  const close = () => {
    if (open.rows > 0) parts.push(open);
    open = { from: open.to, to: open.to, rows: 0, sum: 0, hits: 0 };
  };
  for (let bin = 0; bin < count.length; bin += 1) {
    const rows = count[bin] as number;
    // A bin that is larger than a group stays alone.
    if (open.rows >= least && open.rows + rows > 1.5 * share) close();
    open.to = edges[bin + 1] as number;
    open.rows += rows;
    open.sum += sum[bin] as number;
    open.hits += positive[bin] as number;
    if (open.rows >= Math.max(least, share - 1e-9)) close();
  }
  if (open.rows < least && parts.length > 0) parts.push(joined(parts.pop() as Part, open));
  else close();
  const last = parts.at(-1);
  if (last) last.to = 1;
  return parts.map(pointOf);
}

function joined(a: Part, b: Part): Part {
  return { from: a.from, to: b.to, rows: a.rows + b.rows, sum: a.sum + b.sum, hits: a.hits + b.hits };
}

/** Returns the expected calibration error of a reliability diagram: Σ (n / N)·|predicted − observed|. Null without rows. */
export function errorOfPoints(points: readonly ReliabilityPoint[]): number | null {
  const rows = points.reduce((total, point) => total + point.rows, 0);
  if (rows === 0) return null;
  return points.reduce((error, point) => error + point.rows * Math.abs(point.meanScore - point.share), 0) / rows;
}

function pointOf({ from, to, rows, sum, hits }: Part): ReliabilityPoint {
  const share = hits / rows;
  return { from, to, rows, meanScore: sum / rows, share, interval: wilsonInterval({ share, count: rows }) };
}
