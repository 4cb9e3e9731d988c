import type { SetRows } from "../sets/set-rows.ts";
import type { Selected } from "./task-metrics.ts";

/** Rows of a set by the list or machine that they belong to. */
export interface Units {
  /** Names, in the order of their first rows. */
  names: string[];
  /** Positions of the rows of each unit, in order. */
  rows: Uint32Array[];
  /** Entity of each unit, by that of its first row; null where rows share none. */
  clusters: Uint32Array | null;
  /** Returns the units of which every row is selected: a list that lies only partly in a segment is not of it. */
  unitsOf(rows: Selected): Selected;
}

/** Gathers the rows of each unit. Without a column of units all rows are one. */
export function unitsOfSet(set: SetRows): Units {
  const codes = set.columns.unit as Uint32Array | undefined;
  const names = codes ? (set.head.names.unit ?? []) : ["all rows"];
  const lists = names.map((): number[] => []);
  for (let row = 0; row < set.rows; row += 1) lists[codes ? (codes[row] as number) : 0]?.push(row);
  const rows = lists.map((list) => Uint32Array.from(list));
  const clusters = set.columns.cluster as Uint32Array | undefined;
  return {
    names,
    rows,
    clusters: clusters ? Uint32Array.from(rows, (list) => clusters[list[0] ?? 0] ?? 0) : null,
    unitsOf: (selected) => {
      if (!selected) return null;
      const isSelected = new Uint8Array(set.rows);
      for (const row of selected) isSelected[row] = 1;
      const units = rows.flatMap((list, unit) => (list.every((row) => isSelected[row] === 1) ? [unit] : []));
      return Uint32Array.from(units);
    },
  };
}
