/** A point of a curve. */
export interface CurvePoint {
  x: number;
  y: number;
}

const minPoints = 4;

/**
 * Finds the knee of a curve that rises slowly and then steeply: the point farthest below the line between its ends, on axes from 0 to
 * 1. Satopää, Albrecht, Irwin, Raghavan: Finding a "Kneedle" in a Haystack, ICDCSW 2011 (https://doi.org/10.1109/ICDCSW.2011.20), for
 * increasing convex curves, on all points together and without smoothing. A curve that is not increasing is replaced by the highest
 * non-decreasing one below it, so that a high first point, such as of a cold start, is no rise.
 * @param points ordered by x, ascending
 * @param sensitivity S of the paper: by how many mean distances of two points the curve has to lie below the line to have a knee
 * @returns its index among the points; undefined when there are fewer than four, the curve is nearly straight, or its highest point does not
 * come after the knee, so that it does not climb there
 */
export function kneeOf(points: readonly CurvePoint[], sensitivity = 1): number | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < minPoints) return undefined;
  const rising = risingBelow(points);
  const lowest = rising[0] ?? 0;
  const [width, height] = [last.x - first.x, last.y - lowest];
  if (!(width > 0) || !(height > 0)) return undefined;
  const below = points.map(({ x }, index) => (x - first.x) / width - ((rising[index] ?? 0) - lowest) / height);
  const deepestIndex = below.indexOf(Math.max(...below));
  const threshold = sensitivity / (points.length - 1);
  if (!((below[deepestIndex] ?? 0) > threshold)) return undefined;
  const highest = Math.max(...points.map(({ y }) => y));
  return points.findLastIndex(({ y }) => y === highest) > deepestIndex ? deepestIndex : undefined;
}

/** Returns at each point the lowest y from there on. */
function risingBelow(points: readonly CurvePoint[]): number[] {
  const rising: number[] = [];
  for (let index = points.length - 1, lowest = Number.POSITIVE_INFINITY; index >= 0; index -= 1) {
    lowest = Math.min(lowest, points[index]?.y ?? lowest);
    rising[index] = lowest;
  }
  return rising;
}
