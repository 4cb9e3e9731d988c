import type { Point, Series } from "./prepare.ts";

export interface Line {
  /** Key of the value in a row. */
  key: string;
  series: number;
  /** Moments of isolated points between gaps: they have no line and need a dot. */
  alone: number[];
}

/** Returns whether a value can be drawn; NaN and infinity are drawn as gaps. */
function measured(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}

export type Row = { at: number } & Record<string, number | null>;

/**
 * Prepares the rows of all series, one for each moment, and the lines through them. Series measured at the same moments are one line each,
 * broken at nulls; otherwise every unbroken piece is a separate line, so that rows of other series do not break it.
 */
export function prepareLines(series: readonly Series[]): { rows: Row[]; lines: Line[] } {
  const rows = new Map<number, Row>();
  const put = (at: number, key: string, value: number | null) => {
    const row = rows.get(at) ?? ({ at } as Row);
    row[key] = measured(value) ? value : null;
    rows.set(at, row);
  };
  const moments = new Set(series.flatMap(({ points }) => points.map((point) => point.at)));
  const lines = series.flatMap(({ points }, index): Line[] => {
    if (points.length === moments.size) {
      for (const point of points) put(point.at, String(index), point.value);
      return [{ key: String(index), series: index, alone: alonePoints(points) }];
    }
    const pieces: Line[] = [];
    let open = false;
    for (const point of points) {
      if (!open && measured(point.value)) pieces.push({ key: `${index}.${pieces.length}`, series: index, alone: [] });
      open = measured(point.value);
      if (open) put(point.at, pieces.at(-1)?.key ?? "", point.value);
      else if (!rows.has(point.at)) rows.set(point.at, { at: point.at });
    }
    for (const at of alonePoints(points)) {
      const piece = pieces.find(({ key }) => rows.get(at)?.[key] !== undefined);
      piece?.alone.push(at);
    }
    return pieces;
  });
  return { rows: [...rows.values()].sort((a, b) => a.at - b.at), lines };
}

function alonePoints(points: readonly Point[]): number[] {
  const isGap = (index: number) => !measured(points[index]?.value ?? null);
  return points.flatMap(({ at }, index) => (!isGap(index) && isGap(index - 1) && isGap(index + 1) ? [at] : []));
}
