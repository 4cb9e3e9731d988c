/** A stretch of points beside each other, measured or estimated. Where it meets the next one, both have the point between. */
export interface TrendPiece {
  isEstimated: boolean;
  /** Index of its first point. */
  from: number;
  values: number[];
}

interface TrendPoint {
  value: number | null;
  isEstimated: boolean;
}

/** Splits the line of a trend at gaps, and where estimated values are drawn differently. */
export function trendPieces(points: readonly TrendPoint[]): TrendPiece[] {
  const pieces: TrendPiece[] = [];
  for (const [at, { value, isEstimated }] of points.entries()) {
    if (value === null) continue;
    const last = pieces.at(-1);
    const isNext = last !== undefined && last.from + last.values.length === at;
    if (last && isNext && last.isEstimated === isEstimated) last.values.push(value);
    else if (last && isNext) {
      // The estimate starts where the last measurement ended.
      pieces.push({ isEstimated: true, from: at - 1, values: [last.values.at(-1) ?? value, value] });
    } else pieces.push({ isEstimated, from: at, values: [value] });
  }
  return pieces;
}

/** Returns a value range that contains all points and the objective, in full percentages with some padding. */
export function trendRange(values: readonly number[]): { low: number; high: number } {
  if (values.length === 0) return { low: 0, high: 1 };
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(0.01, (most - least) * 0.25);
  const low = Math.max(0, Math.floor((least - room) * 100) / 100);
  const high = Math.min(1, Math.ceil((most + room) * 100) / 100);
  return { low, high: high > low ? high : low + 0.01 };
}
