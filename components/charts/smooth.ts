import type { Point } from "./prepare.ts";

/**
 * Computes the exponential moving average with initial bias correction (Kingma and Ba, Adam, section 3). The weight of earlier values is
 * `weight` per mean distance between points, so that uneven points are smoothed alike; for even ones the result is TensorBoard's curve.
 * A gap remains a gap.
 * @param weight 0 (unchanged) to below 1 (a straight line).
 */
export function smooth(points: readonly Point[], weight: number): Point[] {
  if (weight <= 0) return [...points];
  const grain = usualDistance(points);
  let [sum, mass, before] = [0, 0, Number.NEGATIVE_INFINITY];
  return points.map(({ at, value }) => {
    if (value === null || !Number.isFinite(value)) return { at, value: null };
    const decay = weight ** Math.min(1000, Math.max(0, (at - before) / grain));
    sum = sum * decay + (1 - weight) * value;
    mass = mass * decay + (1 - weight);
    before = at;
    return { at, value: sum / mass };
  });
}

/** Returns the mean distance between measured neighbours. */
function usualDistance(points: readonly Point[]): number {
  const measured = points.filter(({ value }) => value !== null && Number.isFinite(value));
  const span = (measured.at(-1)?.at ?? 0) - (measured[0]?.at ?? 0);
  return span > 0 ? span / (measured.length - 1) : 1;
}
