import { median } from "#server/stats/robust.ts";
import type { Valued } from "./detected.ts";

/** Returns a twentieth of the points, but at least 5 and at most 31. */
export function windowOf(count: number): number {
  return Math.min(31, Math.max(5, Math.floor(count / 20)));
}

/** Smooths a curve: at each point the median of it and the points before it, from the first full window on. */
export function levelsOf(points: readonly Valued[], window: number): Valued[] {
  return points.slice(window - 1).map((point, index) => ({
    ...point,
    value: median(points.slice(index, index + window).map(({ value }) => value)),
  }));
}
