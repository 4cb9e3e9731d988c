import { wilsonInterval } from "../proportion.ts";
import type { Band } from "./cell-metrics.ts";

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

/** Scores of labelled rows by equal bins of [0, 1]. */
export interface OutcomeBins {
  count: ArrayLike<number>;
  sum: ArrayLike<number>;
  positive: ArrayLike<number>;
}

/** Compares scores with outcomes in groups of about equal row counts, so that each group is equally reliable. */
export function reliability({ count, sum, positive }: OutcomeBins, groups = 10): ReliabilityPoint[] {
  let total = 0;
  for (let bin = 0; bin < count.length; bin += 1) total += count[bin] as number;
  const points: ReliabilityPoint[] = [];
  let open = { from: 0, rows: 0, sum: 0, hits: 0 };
  let seen = 0;
  for (let bin = 0; bin < count.length; bin += 1) {
    seen += count[bin] as number;
    open.rows += count[bin] as number;
    open.sum += sum[bin] as number;
    open.hits += positive[bin] as number;
    const isFull = seen >= ((points.length + 1) * total) / groups - 1e-9;
    if (open.rows === 0 || !isFull) continue;
    const to = (bin + 1) / count.length;
    points.push(pointOf(open, seen === total ? 1 : to));
    open = { from: to, rows: 0, sum: 0, hits: 0 };
  }
  return points;
}

/** Returns the expected calibration error of a reliability diagram: Σ (n / N)·|predicted − observed|. Null without rows. */
export function errorOfPoints(points: readonly ReliabilityPoint[]): number | null {
  const rows = points.reduce((total, point) => total + point.rows, 0);
  if (rows === 0) return null;
  return points.reduce((error, point) => error + point.rows * Math.abs(point.meanScore - point.share), 0) / rows;
}

function pointOf(open: { from: number; rows: number; sum: number; hits: number }, to: number): ReliabilityPoint {
  const share = open.hits / open.rows;
  return {
    from: open.from,
    to,
    rows: open.rows,
    meanScore: open.sum / open.rows,
    share,
    interval: wilsonInterval({ share, count: open.rows }),
  };
}
