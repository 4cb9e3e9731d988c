import { formatUnit, plural } from "#components/ui/format.ts";
import { lastPoint, type Series } from "./prepare.ts";

export interface Threshold {
  /** The value in words, where its own unit is shorter than that of the axis. */
  text?: string;
  value: number;
  label: string;
  /** Shades the time beyond it. */
  shade?: "above" | "below";
}

function lowest(values: number[]): number {
  return values.reduce((low, value) => Math.min(low, value));
}

function highest(values: number[]): number {
  return values.reduce((high, value) => Math.max(high, value));
}

/** Describes the chart in one sentence for screen readers: the last value and range of each series, and the thresholds. */
export function summarise(
  title: string,
  unit: string,
  drawn: readonly Series[],
  thresholds: readonly Threshold[] = [],
) {
  const series = drawn.filter(({ isFaint }) => !isFaint);
  const parts = series.slice(0, 6).map(({ label, points }) => {
    const values = points.flatMap((point) => (point.value === null ? [] : [point.value]));
    const last = lastPoint(points)?.value;
    if (values.length === 0 || last === undefined) return `${label} has no data`;
    const span = `between ${formatUnit(lowest(values), unit)} and ${formatUnit(highest(values), unit)}`;
    return `${label} last ${formatUnit(last, unit)}, ${span}`;
  });
  if (series.length > 6) parts.push(`and ${plural(series.length - 6, "more line")}`);
  for (const { label, value } of thresholds) parts.push(`${label} ${formatUnit(value, unit)}`);
  return `${title}: ${parts.join("; ")}.`;
}
