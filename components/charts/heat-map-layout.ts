import { type Plot, placePlot, xOf } from "./geometry.ts";
import type { Range } from "./prepare.ts";

/** One cell that counted something, and where it is drawn. */
export interface HeatCell {
  /** Start of its step, in milliseconds since 1970. */
  at: number;
  band: number;
  count: number;
  rectangle: { x: number; y: number; width: number; height: number };
}

interface LayoutInput {
  width: number;
  height: number;
  left: number;
  top: number;
  range: Range;
  stepMs: number;
  steps: readonly { at: number; counts: readonly number[] }[];
  bands: number;
}

interface HeatLayout {
  plot: Plot;
  /** In the order of time, then of bands; cells without a count are left out. */
  cells: HeatCell[];
  /** The highest count. */
  most: number;
  /** Bands that have a name at the left: as many as have room. */
  ticks: { band: number; y: number }[];
}

const tickPixels = 26;

/** Lays out the cells of a heat map: time to the right, bands upwards. Cells are clipped to the range. */
export function layOut({ width, height, left, top, range, stepMs, steps, bands }: LayoutInput): HeatLayout {
  const plot = placePlot({ width, height }, { left, right: 10, top }, [range.from, range.to], [0, bands]);
  const tall = bands > 0 ? plot.height / bands : 0;
  const yOf = (band: number) => plot.top + plot.height - (band + 1) * tall;
  const cells = steps.flatMap(({ at, counts }) => {
    const from = Math.max(plot.left, xOf(plot, at));
    const to = Math.min(plot.left + plot.width, xOf(plot, at + stepMs));
    if (to <= from) return [];
    return counts.flatMap((count, band) =>
      count > 0
        ? [
            {
              at,
              band,
              count,
              rectangle: {
                x: from,
                y: yOf(band),
                width: Math.max(1, to - from - 0.5),
                height: Math.max(1, tall - 0.5),
              },
            },
          ]
        : [],
    );
  });
  const every = Math.max(1, Math.ceil(tickPixels / Math.max(1, tall)));
  const named = Array.from({ length: bands }, (_, band) => band).filter((band) => band % every === 0);
  return {
    plot,
    cells,
    most: cells.reduce((most, { count }) => Math.max(most, count), 0),
    ticks: named.map((band) => ({ band, y: yOf(band) + tall / 2 })),
  };
}

/** Computes the opacity of a count, 0.15 to 1, from its logarithm, so that one request among a thousand remains visible. */
export function strengthOf(count: number, most: number): number {
  return most <= 1 ? 1 : 0.15 + (0.85 * Math.log(count)) / Math.log(most);
}

const moves: Record<string, { of: "at" | "band"; by: 1 | -1 }> = {
  ArrowRight: { of: "at", by: 1 },
  ArrowLeft: { of: "at", by: -1 },
  ArrowUp: { of: "band", by: 1 },
  ArrowDown: { of: "band", by: -1 },
};

/** Returns the target cell of an arrow key: the next of the same step, or the nearest band of the next step. Undefined for other keys. */
export function moveCursor(cells: readonly HeatCell[], from: HeatCell | undefined, key: string): HeatCell | undefined {
  const move = moves[key];
  if (!move) return undefined;
  if (!from) return cells[0];
  const ahead = (cell: HeatCell) => (cell[move.of] - from[move.of]) * move.by > 0;
  const other = move.of === "at" ? "band" : "at";
  const candidates = cells.filter((cell) => ahead(cell) && (move.of === "at" || cell.at === from.at));
  return (
    candidates.reduce<HeatCell | undefined>((best, cell) => {
      if (!best) return cell;
      const [nearer, farther] = [Math.abs(cell[move.of] - from[move.of]), Math.abs(best[move.of] - from[move.of])];
      if (nearer !== farther) return nearer < farther ? cell : best;
      return Math.abs(cell[other] - from[other]) < Math.abs(best[other] - from[other]) ? cell : best;
    }, undefined) ?? from
  );
}
