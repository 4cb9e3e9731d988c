import { ArgumentError, requireFinite } from "../argument-error.ts";
import { bestAssignment } from "./assignment.ts";

/** Rectangle with a class, in any unit, such as percent of the picture. Its rotation does not count. */
export interface LabelledBox {
  x: number;
  y: number;
  width: number;
  height: number;
  label: string;
}

export interface BoxAgreement {
  /** Overlap of each box of the first with each box of the second annotator, whatever their classes. */
  iou: number[][];
  /** Matched boxes, by their places. */
  matched: [number, number][];
  /** Mean overlap of matched boxes; null without any. */
  meanIou: number | null;
  /** 2 · matched / (a + b). */
  f1: number;
  /** Sum of the overlaps of matched boxes by the larger number of boxes. */
  agreement: number;
}

/** Overlap from which two boxes are the same thing. */
const sameBox = 0.5;

const maxBoxes = 2000;

/** Rounding of coordinates must not part boxes that overlap exactly as much as required. */
const rounding = 1e-12;

/** Fails unless a box has finite coordinates and no negative side. @throws ArgumentError */
function requireBox({ x, y, width, height }: LabelledBox): void {
  requireFinite([x, y, width, height], "Coordinates of boxes");
  if (width < 0 || height < 0) throw new ArgumentError("Sides of boxes must not be negative.");
}

/** Computes the intersection of two boxes by their union; 0 for boxes that only touch or have no area. @throws ArgumentError */
export function boxOverlap(a: LabelledBox, b: LabelledBox): number {
  requireBox(a);
  requireBox(b);
  return overlapOf(a, b);
}

function overlapOf(a: LabelledBox, b: LabelledBox): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const common = Math.max(0, width) * Math.max(0, height);
  const union = a.width * a.height + b.width * b.height - common;
  return union > 0 ? Math.min(1, common / union) : 0;
}

/**
 * Matches boxes of the same class one to one so that the sum of their overlaps is largest, of those that overlap enough.
 * @returns pairs of places, by that of the first list @throws ArgumentError for invalid boxes
 */
export function matchBoxes(
  a: readonly LabelledBox[],
  b: readonly LabelledBox[],
  threshold = sameBox,
): { row: number; column: number; iou: number }[] {
  if (Math.max(a.length, b.length) > maxBoxes) throw new ArgumentError("There must be at most 2,000 boxes.");
  if (a.length > 0 && b.length > 0) for (const box of [...a, ...b]) requireBox(box);
  const least = Math.max(threshold - rounding, 0);
  const gainOf = (row: number, column: number) => {
    const [one, other] = [a[row] as LabelledBox, b[column] as LabelledBox];
    const iou = one.label === other.label ? overlapOf(one, other) : 0;
    return iou >= least ? iou : 0;
  };
  return clustersOf(a.length, b.length, gainOf)
    .flatMap(({ rows, columns }) => {
      const gains = rows.map((row) => columns.map((column) => gainOf(row, column)));
      return bestAssignment(gains).map(([at, to]) => ({
        row: rows[at] as number,
        column: columns[to] as number,
        iou: gains[at]?.[to] as number,
      }));
    })
    .sort((one, other) => one.row - other.row);
}

interface Cluster {
  rows: number[];
  columns: number[];
}

/** Groups rows and columns that have a gain with each other, over any number of steps: no match crosses two groups, and most have few boxes. */
function clustersOf(rows: number, columns: number, gainOf: (row: number, column: number) => number): Cluster[] {
  const own: (Cluster | undefined)[] = Array.from({ length: columns });
  for (let row = 0; row < rows; row += 1) {
    let cluster: Cluster = { rows: [row], columns: [] };
    for (let column = 0; column < columns; column += 1) {
      const known = own[column];
      if (known === cluster || gainOf(row, column) <= 0) continue;
      const joined = known ?? { rows: [], columns: [column] };
      const [large, small] = joined.columns.length > cluster.columns.length ? [joined, cluster] : [cluster, joined];
      large.rows.push(...small.rows);
      large.columns.push(...small.columns);
      for (const each of small.columns) own[each] = large;
      own[column] = large;
      cluster = large;
    }
  }
  return [...new Set(own)].flatMap((cluster) => cluster ?? []);
}

/**
 * Computes the agreement of two annotators on the boxes of a picture. docs/spec/labelling.md section 5.3. Two annotators who both drew
 * nothing agree.
 * @param threshold overlap from which boxes of one class match; that overlap itself counts
 * @throws ArgumentError for boxes with negative sides, or more than 2,000 boxes
 */
export function boxAgreement(a: readonly LabelledBox[], b: readonly LabelledBox[], threshold = sameBox): BoxAgreement {
  const matches = matchBoxes(a, b, threshold);
  const iou = a.map((one) => b.map((other) => overlapOf(one, other)));
  const sum = matches.reduce((all, match) => all + match.iou, 0);
  const isEmpty = a.length + b.length === 0;
  return {
    iou,
    matched: matches.map(({ row, column }) => [row, column]),
    meanIou: matches.length === 0 ? null : sum / matches.length,
    f1: isEmpty ? 1 : (2 * matches.length) / (a.length + b.length),
    agreement: isEmpty ? 1 : sum / Math.max(a.length, b.length),
  };
}
