import type { BandPoint, Point, Series, Unplottable } from "#components/charts/prepare.ts";
import { formatCount } from "#components/ui/format.ts";
import type { CurvePoint, MetricCurve } from "#server/develop/tracking/metrics/contract.ts";
import type { CurveAxis } from "./curve-view.ts";

/** Points along an axis, with the range of values they aggregate and the ranges that are not numbers. */
export type CurveSeries = Pick<Series, "points" | "band" | "unplottable">;

/**
 * Converts a curve along steps, time, or milliseconds since the start of its run. NaN and infinity, which MLflow's protocol writes as the
 * largest double, cannot be drawn: they are marked gaps.
 */
export function curveSeries(curve: Pick<MetricCurve, "points">, x: CurveAxis, startedAt: number): CurveSeries {
  const sorted = curve.points.map((point) => ({ ...point, at: xOf(point, x, startedAt) })).sort((a, b) => a.at - b.at);
  const points = sorted.map(({ at, value }): Point => ({ at, value: isInfinite(value) ? null : value }));
  const band = sorted.flatMap((point): BandPoint[] => {
    const { at, low, high } = point as typeof point & { low?: number | null; high?: number | null };
    return typeof low === "number" && typeof high === "number" && !isInfinite(low) && !isInfinite(high)
      ? [{ at, low, high }]
      : [];
  });
  return { points, band: band.some(({ low, high }) => low < high) ? band : undefined, unplottable: marksOf(sorted) };
}

function xOf({ step, timestamp }: CurvePoint, x: CurveAxis, startedAt: number): number {
  return x === "step" ? step : x === "time" ? timestamp : timestamp - startedAt;
}

function isInfinite(value: number | null): boolean {
  return value !== null && Math.abs(value) >= Number.MAX_VALUE;
}

/** Neighbours with the same word are one mark. */
function marksOf(points: readonly { at: number; value: number | null }[]): Unplottable[] {
  const marks: Unplottable[] = [];
  let open: Unplottable | undefined;
  for (const { at, value } of points) {
    const word = value === null ? "NaN" : isInfinite(value) ? "infinite" : undefined;
    if (word && open?.word === word) open.to = at;
    else {
      open = word ? { from: at, to: at, word } : undefined;
      if (open) marks.push(open);
    }
  }
  return marks;
}

/** Describes metrics whose last value is not a number: "train_loss is NaN since step 12". */
export function describeBroken(curves: readonly MetricCurve[]): string[] {
  return curves.flatMap(({ key, points }) => {
    const isBroken = ({ value }: CurvePoint) => value === null || isInfinite(value);
    const last = points.at(-1);
    if (!last || !isBroken(last)) return [];
    const since = points[points.findLastIndex((point) => !isBroken(point)) + 1];
    if (!since) return [];
    return [`${key} has been ${since.value === null ? "NaN" : "infinite"} since step ${formatCount(since.step)}`];
  });
}
