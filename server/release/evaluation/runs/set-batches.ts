import type { ColumnTable, RawColumn } from "#server/develop/datasets/rows/columns.ts";
import type { Span } from "#server/watch/monitoring/profiles/build/tensor-columns.ts";
import type { SetRows } from "../sets/set-rows.ts";

/** Consecutive rows of a set with their columns. */
export interface SetBatch {
  /** Position in the set of the first row. */
  position: number;
  columns: readonly RawColumn[];
  span: Span;
}

/**
 * Yields the rows of a set, from a position on, in batches.
 * @param table the complete file of the set's dataset version. @param maxRows of a batch
 */
export async function* setBatches(
  table: ColumnTable,
  set: SetRows,
  from: number,
  maxRows: number,
): AsyncGenerator<SetBatch> {
  const numbers = set.columns.row as Uint32Array;
  let position = 0;
  let first = 1;
  for await (const batch of table.batches) {
    const last = first + batch.rows - 1;
    const chosen: number[] = [];
    const start = position;
    while (position < numbers.length && (numbers[position] as number) <= last) {
      if (position >= from) chosen.push((numbers[position] as number) - first);
      position += 1;
    }
    const columns = batch.columns.map((column) => picked(column, chosen));
    const lineOf = (row: number) => batch.lines?.[row] ?? batch.at + row;
    const firstChosen = Math.max(start, from);
    for (let at = 0; at < chosen.length; at += maxRows) {
      const to = Math.min(chosen.length, at + maxRows);
      yield {
        position: firstChosen + at,
        columns,
        span: { from: at, to, at: (row) => lineOf(chosen[row] ?? 0) },
      };
    }
    first = last + 1;
    if (position >= numbers.length) return;
  }
}

/** Picks rows of a column once they are read: most columns of a file are no input. */
function picked(column: RawColumn, rows: readonly number[]): RawColumn {
  let cells: ArrayLike<unknown> | undefined;
  return {
    get cells() {
      cells ??= pick(column.cells, rows);
      return cells;
    },
    value: (cell) => column.value(cell),
  };
}

function pick(cells: ArrayLike<unknown>, rows: readonly number[]): ArrayLike<unknown> {
  if (cells instanceof Float64Array) return Float64Array.from(rows, (row) => cells[row] as number);
  if (cells instanceof Float32Array) return Float32Array.from(rows, (row) => cells[row] as number);
  return rows.map((row) => cells[row]);
}
