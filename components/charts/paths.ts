import { type Plot, xOf, yOf } from "./geometry.ts";
import { type BandPoint, measured, type Point, type Series } from "./prepare.ts";

/** Returns the path of a line, which breaks where nothing was measured. @param steps whether a value holds until the next one */
export function linePath(plot: Plot, points: readonly Point[], steps = false): string {
  let open = false;
  return points
    .map((point) => {
      if (!measured(point)) {
        open = false;
        return "";
      }
      const [x, y] = [xOf(plot, point.at).toFixed(1), yOf(plot, point.value).toFixed(1)];
      const command = !open ? `M${x} ${y}` : steps ? `H${x}V${y}` : `L${x} ${y}`;
      open = true;
      return command;
    })
    .join("");
}

/** Returns the path of a band; a single point becomes a vertical line. */
export function bandPath(plot: Plot, piece: readonly BandPoint[]): string {
  const [first] = piece;
  if (!first) return "";
  const toPosition = (at: number, value: number) => `${xOf(plot, at).toFixed(1)} ${yOf(plot, value).toFixed(1)}`;
  if (piece.length === 1) {
    const x = xOf(plot, first.at);
    const [top, bottom] = [yOf(plot, first.high), yOf(plot, first.low)].map((y) => y.toFixed(1));
    return `M${x - 0.75} ${top}H${x + 0.75}V${bottom}H${x - 0.75}Z`;
  }
  const there = piece.map(({ at, high }) => toPosition(at, high));
  const back = piece.toReversed().map(({ at, low }) => toPosition(at, low));
  return `M${[...there, ...back].join("L")}Z`;
}

/** Stacks series on each other from zero: the unbroken pieces of each. What was not measured adds nothing. */
export function stackAreas(series: readonly Series[]): BandPoint[][][] {
  const tops = new Map<number, number>();
  return series.map(({ points }) => {
    const pieces: BandPoint[][] = [];
    let open: BandPoint[] | undefined;
    for (const point of points) {
      if (!measured(point)) {
        open = undefined;
        continue;
      }
      const low = tops.get(point.at) ?? 0;
      const high = low + point.value;
      tops.set(point.at, high);
      if (!open) {
        open = [];
        pieces.push(open);
      }
      open.push({ at: point.at, low, high });
    }
    return pieces;
  });
}
