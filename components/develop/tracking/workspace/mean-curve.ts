import type { BandPoint, Point, Series } from "#components/charts/prepare.ts";
import type { CurveColumns } from "#server/develop/tracking/workspace/contract.ts";
import type { CurveAxis } from "../metrics/curve-view.ts";
import type { Band, ChartLine } from "./chart-lines.ts";

/** A curve along the axis of its chart. */
interface Curve {
  at: readonly number[];
  values: readonly (number | null)[];
  low: readonly (number | null)[];
  high: readonly (number | null)[];
}

/** Positions of a mean; more would not be visible. */
const maxPositions = 400;

/** Returns the series of a line: the curve of its run, or the mean over its runs with a band. Undefined if none has the metric. */
export function lineSeries(
  { id, label, style, runs }: ChartLine,
  curves: ReadonlyMap<string, CurveColumns>,
  x: CurveAxis,
  band: Band,
): Series | undefined {
  const own = runs.flatMap(({ id, startedAt }) => {
    const curve = curves.get(id);
    return curve && curve.at.length > 0 ? [alongAxis(curve, x === "relative" ? startedAt : 0)] : [];
  });
  const [first] = own;
  if (!first) return undefined;
  if (own.length === 1) return { id, label, style, points: pointsOf(first), band: bandOf(first) };
  return { id, label, style, ...meanCurve(own, band), isDeviation: band === "deviation" };
}

/** MLflow's clients send infinity as the largest double, which cannot be drawn either. */
function drawable(value: number | null): number | null {
  return value === null || Math.abs(value) >= Number.MAX_VALUE ? null : value;
}

function alongAxis({ at, values, low = values, high = values }: CurveColumns, startedAt: number): Curve {
  const order = at.map((_, index) => index).sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0));
  const pick = (column: readonly (number | null)[]) => order.map((index) => drawable(column[index] ?? null));
  return {
    at: order.map((index) => (at[index] ?? 0) - startedAt),
    values: pick(values),
    low: pick(low),
    high: pick(high),
  };
}

function pointsOf({ at, values }: Curve): Point[] {
  return at.map((position, index) => ({ at: position, value: values[index] ?? null }));
}

function bandOf({ at, low, high }: Curve): BandPoint[] | undefined {
  const band = at.flatMap((position, index): BandPoint[] => {
    const [bottom, top] = [low[index] ?? null, high[index] ?? null];
    return bottom === null || top === null ? [] : [{ at: position, low: bottom, high: top }];
  });
  return band.some(({ low, high }) => low < high) ? band : undefined;
}

/**
 * Computes the mean of several curves at the same positions, with the sample standard deviation or the lowest and highest value as a band.
 * A curve that has no point at a position is interpolated between its neighbours, and does not count before its first point, after its last
 * one, or in a gap. Where a single curve is left there is no deviation.
 */
export function meanCurve(curves: readonly Curve[], band: Band): { points: Point[]; band: BandPoint[] } {
  const positions = thinned([...new Set(curves.flatMap(({ at }) => at))].sort((a, b) => a - b));
  const points: Point[] = [];
  const spread: BandPoint[] = [];
  const walks = curves.map((curve) => ({ curve, next: 0 }));
  for (const at of positions) {
    const found: { value: number; low: number; high: number }[] = [];
    for (const walk of walks) {
      while (walk.next < walk.curve.at.length && (walk.curve.at[walk.next] ?? 0) < at) walk.next += 1;
      const value = valueAt(walk.curve, walk.next, at, "values");
      if (value === undefined) continue;
      found.push({
        value,
        low: valueAt(walk.curve, walk.next, at, "low") ?? value,
        high: valueAt(walk.curve, walk.next, at, "high") ?? value,
      });
    }
    if (found.length === 0) {
      points.push({ at, value: null });
      continue;
    }
    const mean = found.reduce((sum, { value }) => sum + value, 0) / found.length;
    points.push({ at, value: mean });
    if (band === "range") {
      const low = Math.min(...found.map(({ low }) => low));
      spread.push({ at, low, high: Math.max(...found.map(({ high }) => high)) });
    } else {
      const squares = found.reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
      const deviation = found.length > 1 ? Math.sqrt(squares / (found.length - 1)) : 0;
      spread.push({ at, low: mean - deviation, high: mean + deviation });
    }
  }
  return { points, band: spread };
}

/** Returns a column at a position, where `next` is the first point not before it; undefined outside of the curve and in its gaps. */
function valueAt(curve: Curve, next: number, at: number, column: "values" | "low" | "high"): number | undefined {
  const to = curve.at[next];
  if (to === undefined) return undefined;
  const end = curve[column][next] ?? undefined;
  if (to === at) return end;
  const from = curve.at[next - 1];
  const start = curve[column][next - 1] ?? undefined;
  if (from === undefined || start === undefined || end === undefined) return undefined;
  return start + ((end - start) * (at - from)) / (to - from);
}

function thinned(positions: readonly number[]): readonly number[] {
  if (positions.length <= maxPositions) return positions;
  const last = positions.length - 1;
  return Array.from(
    { length: maxPositions },
    (_, index) => positions[Math.round((index * last) / (maxPositions - 1))] ?? 0,
  );
}
