import { formatNumber, noValue } from "#components/ui/format.ts";
import { type Brush, isInBrush } from "./brush.ts";
import type { SeriesStyle } from "./series-style.ts";
import { type AxisPosition, type AxisValue, planAxis, positionOn, type ValueAxis } from "./value-axis.ts";

/** A thing with its value on each axis. */
export interface ManyValues {
  id: string;
  label: string;
  /** Index of the colour and dash; undefined for a background line. */
  index?: number | undefined;
  /** A style that a list beside the chart names, instead of that of `index`. */
  style?: SeriesStyle | undefined;
  /** Whether the row is of another kind than the others: drawn as a hollow diamond. */
  isOther?: boolean | undefined;
  values: Readonly<Record<string, AxisValue>>;
}

export interface AxisName {
  key: string;
  label: string;
}

export interface ParallelPicture {
  axes: (ValueAxis & AxisName)[];
  /** In the order of the rows. */
  lines: { row: ManyValues; positions: AxisPosition[]; isInside: boolean }[];
  /** Number of rows within all brushes. */
  inside: number;
}

/** Computes where each row crosses each axis and whether it lies within all brushes. Brushes of hidden axes are ignored. */
export function prepareParallel(
  rows: readonly ManyValues[],
  names: readonly AxisName[],
  brushes: Readonly<Record<string, Brush>>,
): ParallelPicture {
  const axes = names.map((name) => ({ ...planAxis(rows.map(({ values }) => values[name.key])), ...name }));
  const brushed = axes.flatMap((axis) => {
    const brush = brushes[axis.key];
    return brush ? [{ axis, brush }] : [];
  });
  const lines = rows.map((row) => ({
    row,
    positions: axes.map((axis) => positionOn(axis, row.values[axis.key])),
    isInside: brushed.every(({ axis, brush }) => isInBrush(axis, brush, row.values[axis.key])),
  }));
  return { axes, lines, inside: lines.filter(({ isInside }) => isInside).length };
}

/** Formats a value: a number with three significant digits, a word as it is, "NaN", "–". */
export function formatAxisValue(value: AxisValue): string {
  if (value === undefined) return noValue;
  if (typeof value === "string") return value === "" ? "empty" : value;
  if (Number.isNaN(value)) return "NaN";
  if (Math.abs(value) >= Number.MAX_VALUE) return "infinite";
  return formatNumber(value);
}

/** Describes a brush: "acc 0.9 to 1", "arch cnn", "loss NaN". */
export function describeBrush(label: string, brush: Brush): string {
  if ("rest" in brush) return `${label} ${brush.rest === "nan" ? "NaN" : "no data"}`;
  if ("words" in brush) return `${label} ${brush.words.slice(0, 3).join(", ")}${brush.words.length > 3 ? " …" : ""}`;
  return `${label} ${formatNumber(brush.from)} to ${formatNumber(brush.to)}`;
}
