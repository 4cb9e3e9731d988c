import { formatNumber } from "#components/ui/format.ts";
import type { ManyValues } from "./parallel.ts";
import { type AxisValue, planAxis, positionOn, type ValueAxis } from "./value-axis.ts";

export interface ScatterPoint {
  row: ManyValues;
  /** Shares of the axes, 0 to 1. */
  x: number;
  y: number;
  /** Place in the colours of words, or share of those of numbers; undefined has no value there. */
  tint: Tint | undefined;
}

export type Tint = { word: number } | { share: number };

export interface ScatterPicture {
  x: ValueAxis;
  y: ValueAxis;
  /** Undefined without a third value. */
  colour: ValueAxis | undefined;
  points: ScatterPoint[];
  /** Rows without a number or word on one of the axes: they have no place and are counted. */
  left: ManyValues[];
}

/** Where each row stands in the plane of two of its values, tinted by a third. */
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

/** The colours of lines are six; with more words, or numbers, the shade of one colour tells. */
const maxLabels = 6;

function tintOf(axis: ValueAxis, value: AxisValue): Tint | undefined {
  const position = positionOn(axis, value);
  if ("rest" in position) return undefined;
  // The first of the alphabet has the first colour.
  if (axis.scale === "category" && axis.categories.length <= maxLabels)
    return { word: axis.categories.length - 1 - axis.categories.indexOf(String(value)) };
  return { share: position.at };
}

/** The line through points that tells best whether they rise or fall together: Spearman's rank correlation, −1 to 1. */
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

/** Only for how values rise together: it says nothing of causes. Undefined where too few points say anything. */
export function describeCorrelation(points: readonly { x: number; y: number }[]): string | undefined {
  const correlation = rankCorrelation(points);
  return correlation === undefined ? undefined : `rank correlation ${formatNumber(correlation, { decimals: 2 })}`;
}

/** From 0; equal values share the mean of their ranks. */
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
