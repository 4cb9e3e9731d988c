import { formatNumber } from "#components/ui/format.ts";
import type { ManyValues } from "./parallel.ts";
import { type AxisValue, planAxis, positionOn, type ValueAxis } from "./value-axis.ts";

export interface ScatterPoint {
  row: ManyValues;
  /** Shares of the axes, 0 to 1. */
  x: number;
  y: number;
  /** Index in the colours of categories, or share of the colour scale of numbers; undefined without a value. */
  tint: Tint | undefined;
}

export type Tint = { word: number } | { share: number };

export interface ScatterPicture {
  x: ValueAxis;
  y: ValueAxis;
  /** Undefined without a third value. */
  colour: ValueAxis | undefined;
  points: ScatterPoint[];
  /** Rows without a value on one of the axes: they cannot be drawn and are only counted. */
  left: ManyValues[];
}

/** Computes the position of each row in the plane of two of its values, and its tint from a third. */
export function prepareScatter(
  rows: readonly ManyValues[],
  columns: { x: string; y: string; colour?: string | undefined },
): ScatterPicture {
  const axisOf = (column: string) => planAxis(rows.map(({ values }) => values[column]));
  const [x, y] = [axisOf(columns.x), axisOf(columns.y)];
  const colour = columns.colour === undefined ? undefined : axisOf(columns.colour);
  const points: ScatterPoint[] = [];
  const left: ManyValues[] = [];
  for (const row of rows) {
    const [across, up] = [positionOn(x, row.values[columns.x]), positionOn(y, row.values[columns.y])];
    if ("rest" in across || "rest" in up) left.push(row);
    else
      points.push({
        row,
        x: across.at,
        y: up.at,
        tint: colour && tintOf(colour, row.values[columns.colour ?? ""]),
      });
  }
  return { x, y, colour, points, left };
}

/** Number of line colours; more categories, and numbers, are distinguished by the shade of one colour. */
const maxLabels = 6;

function tintOf(axis: ValueAxis, value: AxisValue): Tint | undefined {
  const position = positionOn(axis, value);
  if ("rest" in position) return undefined;
  // The first of the alphabet has the first colour.
  if (axis.scale === "category" && axis.categories.length <= maxLabels)
    return { word: axis.categories.length - 1 - axis.categories.indexOf(String(value)) };
  return { share: position.at };
}

/** Computes Spearman's rank correlation, −1 to 1, which measures whether both values rise together. */
export function rankCorrelation(points: readonly { x: number; y: number }[]): number | undefined {
  if (points.length < 3) return undefined;
  const [across, up] = [ranksOf(points.map(({ x }) => x)), ranksOf(points.map(({ y }) => y))];
  const middle = (points.length - 1) / 2;
  let [shared, ofX, ofY] = [0, 0, 0];
  for (const [index, rank] of across.entries()) {
    const [dx, dy] = [rank - middle, (up[index] ?? 0) - middle];
    shared += dx * dy;
    ofX += dx * dx;
    ofY += dy * dy;
  }
  return ofX > 0 && ofY > 0 ? shared / Math.sqrt(ofX * ofY) : undefined;
}

/** Describes only how strongly values rise together, not a cause. Undefined with too few points for a statement. */
export function describeCorrelation(points: readonly { x: number; y: number }[]): string | undefined {
  const correlation = rankCorrelation(points);
  return correlation === undefined ? undefined : `rank correlation ${formatNumber(correlation, { decimals: 2 })}`;
}

/** Returns the ranks from 0; equal values share the mean of their ranks. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const ranks = values.map(() => 0);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (order[end + 1]?.value === order[start]?.value && end + 1 < order.length) end += 1;
    for (let at = start; at <= end; at += 1) ranks[order[at]?.index ?? 0] = (start + end) / 2;
    start = end + 1;
  }
  return ranks;
}
