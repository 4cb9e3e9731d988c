import type { Table } from "#server/datasets/rows/rows.ts";
import { ColumnGatherer } from "./column-gatherer.ts";

/** A table read whole, by columns. */
export interface GatheredTable {
  rows: number;
  columns: Map<string, ColumnGatherer>;
  /** Whether the file says of what type its columns are, as Parquet does and CSV does not. */
  isTyped: boolean;
}

const rowsATell = 20_000;

/** Reads a table row by row. @param tell told now and then how many rows were read. @throws UnreadableFile with line and column */
export async function gatherTable(
  table: Table,
  { isTyped, tell }: { isTyped: boolean; tell?: (rows: number) => Promise<void> },
): Promise<GatheredTable> {
  const gatherers = table.columns.map((name) => new ColumnGatherer(name));
  let rows = 0;
  for await (const { values } of table.rows) {
    for (let column = 0; column < gatherers.length; column += 1) gatherers[column]?.add(values[column] ?? null);
    rows += 1;
    if (rows % rowsATell === 0) await tell?.(rows);
  }
  return { rows, isTyped, columns: new Map(gatherers.map((gatherer) => [gatherer.name, gatherer])) };
}
