import type { ColumnTable, RawColumn } from "#server/develop/datasets/rows/columns.ts";
import { ColumnGatherer } from "./column-gatherer.ts";

/** A table read completely, by columns. */
export interface GatheredTable {
  rows: number;
  columns: Map<string, ColumnGatherer>;
  /** Whether the file declares column types, as Parquet does and CSV does not. */
  isTyped: boolean;
}

/** Reads a table batch by batch. @param onProgress called after each batch with the number of rows read. @throws UnreadableFile with line and column */
export async function gatherTable(
  table: ColumnTable,
  { isTyped, onProgress }: { isTyped: boolean; onProgress?: (rows: number) => Promise<void> },
): Promise<GatheredTable> {
  const gatherers = table.columns.map((name) => new ColumnGatherer(name));
  let rows = 0;
  for await (const batch of table.batches) {
    for (const [index, column] of batch.columns.entries()) gather(gatherers[index], column, batch.rows);
    rows += batch.rows;
    await onProgress?.(rows);
  }
  return { rows, isTyped, columns: new Map(gatherers.map((gatherer) => [gatherer.name, gatherer])) };
}

function gather(gatherer: ColumnGatherer | undefined, { cells, isNumbers, words, value }: RawColumn, rows: number) {
  if (!gatherer) return;
  if (isNumbers && cells instanceof Float64Array) gatherer.addNumbers(cells);
  else if (words && cells instanceof Int32Array) gatherer.addTexts(cells, words);
  else for (let row = 0; row < rows; row += 1) gatherer.add(value(cells[row]));
}
