/** A point of a curve. */
export interface CurvePoint {
  x: number;
  y: number;
}

const minPoints = 4;

/**
 * Finds the knee of a curve that rises slowly and then steeply: the point farthest below the line between its ends, on axes from 0 to
 * 1. Satopää, Albrecht, Irwin, Raghavan: Finding a "Kneedle" in a Haystack, ICDCSW 2011 (https://doi.org/10.1109/ICDCSW.2011.20), for
 * increasing convex curves, on all points together and without smoothing.
 * @param points ordered by x, ascending
 * @param sensitivity S of the paper: by how many mean distances of two points the curve has to lie below the line to have a knee
 * @returns its index among the points; undefined when there are fewer than four, or the curve is nearly straight
 */
export function kneeOf(points: readonly CurvePoint[], sensitivity = 1): number | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < minPoints) return undefined;
  const lowest = Math.min(...points.map(({ y }) => y));
  const [width, height] = [last.x - first.x, Math.max(...points.map(({ y }) => y)) - lowest];
  if (!(width > 0) || !(height > 0)) return undefined;
  const below = points.map(({ x, y }) => (x - first.x) / width - (y - lowest) / height);
  const deepestIndex = below.indexOf(Math.max(...below));
  const threshold = sensitivity / (points.length - 1);
  return (below[deepestIndex] ?? 0) > threshold ? deepestIndex : undefined;
}
