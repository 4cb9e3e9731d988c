import type { ChartLine } from "./chart-lines.ts";
import type { CurvesByRun } from "./use-section-curves.ts";

/** A bar of a metric with a single value a run. */
export interface ValueBar {
  line: ChartLine;
  value: number;
  /** Sample standard deviation over the runs of a group; null for one run. */
  deviation: number | null;
}

/** Returns the last value of each line that has one: of a group, mean and deviation over its runs. */
export function valueBars(lines: readonly ChartLine[], curves: CurvesByRun): ValueBar[] {
  return lines.flatMap((line): ValueBar[] => {
    const values = line.runs.flatMap(({ id }) => {
      const value = curves.get(id)?.values.at(-1);
      return typeof value === "number" && Math.abs(value) < Number.MAX_VALUE ? [value] : [];
    });
    if (values.length === 0) return [];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return [{ line, value: mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : null }];
  });
}

/**
 * Returns the ends of the scale of some bars: always from zero, because a bar says its value by its length.
 * @param thresholds values that are in sight too
 */
export function barScale(bars: readonly ValueBar[], thresholds: readonly number[] = []): { low: number; high: number } {
  const values = bars.flatMap(({ value, deviation }) => [value - (deviation ?? 0), value + (deviation ?? 0)]);
  const ends = [...values, ...thresholds];
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  return low < high ? { low, high } : { low: 0, high: 1 };
}
