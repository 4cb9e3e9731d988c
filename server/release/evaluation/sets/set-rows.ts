import type { ColumnPack } from "../rows/pack-columns.ts";

/** What the head of a set's file says of all its rows. */
export interface SetHead {
  /** Names of the classes, for labels that are classes. */
  classes: string[];
  /** Names of lists, machines, series and horizons by the number in their column. */
  names: Partial<Record<"unit" | "series" | "horizon", string[]>>;
  /** Segments of columns, with the names of their values by the number in their column, from 1; and of filters. */
  segments: { id: string; title: string; column: string | null; isGroup: boolean; key: string; value: number }[];
}

/**
 * Rows of a set that are evaluated, column by column: `row` is the number in the file, from 1; `truth` is the class, the number, the text, or
 * a flag for each class; `weight`, `cluster`, `unit` (list or machine), `series` and `horizon` are there if the set has them; `segment.0` and
 * so on hold values of columns, from 1, or flags of filters.
 */
export type SetRows = ColumnPack<SetHead>;

/** Returns the positions of the rows of a segment, in order; null for all rows. */
export function rowsOfSegment(set: SetRows, id: string | null): Uint32Array | null | undefined {
  if (id === null) return null;
  const segment = set.head.segments.find((one) => one.id === id);
  const column = segment && (set.columns[segment.key] as Uint16Array | undefined);
  if (!column) return undefined;
  let count = 0;
  for (const value of column) if (value === segment.value) count += 1;
  const rows = new Uint32Array(count);
  let at = 0;
  for (let row = 0; row < column.length; row += 1) if (column[row] === segment.value) rows[at++] = row;
  return rows;
}
