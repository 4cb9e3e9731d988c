import type { ParallelPicture } from "./parallel.ts";
import type { AxisPosition, Rest } from "./value-axis.ts";

/** Positions of the axes of a parallel plot in its box, in px. */
export interface ParallelBox {
  left: number;
  /** Between the first axis and the last. */
  width: number;
  top: number;
  /** Height of an axis. */
  height: number;
  count: number;
  /** Distance of each row of missing values below the axes. */
  rests: Partial<Record<Rest, number>>;
}

/** Between two axes, so that labels have room; a plot with more axes than fit scrolls. */
const minGap = 64;
const restGap = 20;
const labelWidth = 6.2;
const maxLabelLength = 14;

/** Truncates a label to a number of characters, 14 by default. */
export function shortLabel(label: string, most = maxLabelLength): string {
  return label.length > most ? `${label.slice(0, most - 1)}…` : label;
}

/** Letters that fit between two axes. */
export function lettersBetween({ width, count }: ParallelBox): number {
  return Math.max(5, Math.min(maxLabelLength, Math.floor((width / Math.max(1, count - 1) - 16) / labelWidth)));
}

const headLetter = 6.4;
const headPadding = 8;
const widestHead = 150;
const maxHeadLines = 3;
const rightRoom = 48;

/** Returns the width in px available to an axis name: up to the next axis, and never beyond the chart's edge. */
export function headWidth({ left, width, count }: ParallelBox, index: number): number {
  const gap = count > 1 ? width / (count - 1) : width;
  const edge = index === 0 ? left : index === count - 1 ? rightRoom : widestHead;
  return Math.min(gap - 6, widestHead, 2 * edge);
}

/** Returns the number of lines that the longest axis name needs, at most three. */
export function headLines(labels: readonly string[], box: ParallelBox): number {
  const lines = labels.map((label, index) =>
    Math.ceil(label.length / Math.max(1, Math.floor((headWidth(box, index) - headPadding) / headLetter))),
  );
  return Math.min(maxHeadLines, Math.max(1, ...lines));
}

/** Returns the box of the chart for a width in px, wider if its axes need it, and its total size. */
export function placeParallel(
  { axes }: Pick<ParallelPicture, "axes">,
  room: { width: number; height: number },
): { box: ParallelBox; width: number } {
  const longest = Math.max(0, ...(axes[0]?.ticks ?? []).map(({ label }) => shortLabel(label).length));
  const restsInUse = (["nan", "missing"] as const).filter((rest) => axes.some(({ rests }) => rests.includes(rest)));
  const left = Math.max(restsInUse.length > 0 ? 64 : 34, longest * labelWidth + 14);
  const width = Math.max(room.width - left - rightRoom, minGap * (axes.length - 1));
  const top = 12;
  const height = room.height - top - 10 - (restsInUse.length > 0 ? restsInUse.length * restGap + 6 : 0);
  const rests = Object.fromEntries(restsInUse.map((rest, index) => [rest, 22 + index * restGap]));
  return { box: { left, width, top, height, count: axes.length, rests }, width: left + width + rightRoom };
}

/** Returns the distance of an axis from the left. */
export function axisX({ left, width, count }: ParallelBox, index: number): number {
  return count > 1 ? left + (index * width) / (count - 1) : left + width / 2;
}

/** Returns the distance of a position on an axis from the top. */
export function placeY({ top, height, rests }: ParallelBox, position: AxisPosition): number {
  return "at" in position ? top + (1 - position.at) * height : top + height + (rests[position.rest] ?? 0);
}

/** Returns the share of an axis at a distance from the top, clamped to 0 to 1. */
export function shareAt({ top, height }: ParallelBox, y: number): number {
  return Math.min(1, Math.max(0, 1 - (y - top) / height));
}

/** Returns the path of a line across all axes. */
export function pathOf(box: ParallelBox, positions: readonly AxisPosition[]): string {
  return positions
    .map((position, index) => `${index === 0 ? "M" : "L"}${axisX(box, index)} ${placeY(box, position)}`)
    .join("");
}

/** Returns the index of the line nearest to a point; undefined when none is within `most` px. Later lines are drawn above earlier ones. */
export function nearestLine(
  box: ParallelBox,
  lines: readonly { positions: readonly AxisPosition[] }[],
  point: { x: number; y: number },
  most = 8,
): number | undefined {
  const gap = box.count > 1 ? box.width / (box.count - 1) : 1;
  const before = Math.min(Math.max(0, Math.floor((point.x - box.left) / gap)), Math.max(0, box.count - 2));
  const share = Math.min(1, Math.max(0, (point.x - axisX(box, before)) / gap));
  let [nearest, least]: [number | undefined, number] = [undefined, most];
  for (const [index, { positions }] of lines.entries()) {
    const [from, to = from] = [positions[before], positions[before + 1]];
    if (!from || !to) continue;
    const y = placeY(box, from) * (1 - share) + placeY(box, to) * share;
    const distance = Math.abs(y - point.y);
    if (distance <= least) [nearest, least] = [index, distance];
  }
  return nearest;
}
