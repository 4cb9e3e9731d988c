interface Interval {
  low: number;
  high: number;
}

/** Where a bar is drawn, in percent of the scale's width. */
export interface BarPlace {
  left: number;
  width: number;
  point: number;
}

/** Returns the scale that holds all intervals and values, and 0 for differences. Never empty. */
export function scaleOf(parts: readonly (Interval | number | null)[]): Interval {
  const ends = parts.flatMap((part) =>
    part === null ? [] : typeof part === "number" ? [part] : [part.low, part.high],
  );
  if (ends.length === 0) return { low: 0, high: 1 };
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  // A scale of one value would divide by 0.
  return high > low ? { low, high } : { low: low - 0.5, high: high + 0.5 };
}

/** Returns where a value lies on the scale, in percent, held inside it. */
export function placeOf(scale: Interval, value: number): number {
  return Math.min(100, Math.max(0, ((value - scale.low) / (scale.high - scale.low)) * 100));
}

/** Returns the place of an interval with its value. */
export function barOf(scale: Interval, value: number, interval: Interval | null): BarPlace {
  const { low, high } = interval ?? { low: value, high: value };
  const left = placeOf(scale, low);
  return { left, width: placeOf(scale, high) - left, point: placeOf(scale, value) };
}
