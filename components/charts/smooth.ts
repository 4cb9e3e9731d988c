import type { Point } from "./prepare.ts";

/**
 * Exponential moving average with the bias of its start taken out (Kingma and Ba, Adam, section 3). What came before counts `weight`
 * for every usual distance between two points, so that uneven points are smoothed alike; for even ones it is TensorBoard's curve.
 * A gap stays a gap.
 * @param weight 0 (as it is) to below 1 (a straight line).
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

/** Mean distance between neighbours that were measured. */
function usualDistance(points: readonly Point[]): number {
  const measured = points.filter(({ value }) => value !== null && Number.isFinite(value));
  const span = (measured.at(-1)?.at ?? 0) - (measured[0]?.at ?? 0);
  return span > 0 ? span / (measured.length - 1) : 1;
}
