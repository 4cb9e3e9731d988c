import { type AsyncBuffer, asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";

type Row = Record<string, unknown>;

/** Table whose rows are in the order of their runs, read once from start to end. */
export interface TableReader {
  /** Yields the rows of a run, in chunks, and skips those of earlier runs. Runs must be requested in their order, by bytes. */
  rowsOf(runId: string): AsyncGenerator<Row[]>;
  /** Every row from here on. */
  rest(): AsyncGenerator<Row>;
}

/** Reads a Parquet file of this machine's disk, a row group at a time. */
export async function openTable(path: string): Promise<TableReader> {
  const groups = groupsOf(await asyncBufferFromFile(path));
  let rows: Row[] = [];
  async function more(): Promise<boolean> {
    while (rows.length === 0) {
      const next = await groups.next();
      if (next.done) return false;
      rows = next.value;
    }
    return true;
  }
  return {
    async *rowsOf(runId) {
      while (await more()) {
        const start = rows.findIndex((row) => !(String(row.run_id) < runId));
        if (start === -1) {
          rows = [];
          continue;
        }
        const length = rows.slice(start).findIndex((row) => row.run_id !== runId);
        const end = length === -1 ? rows.length : start + length;
        const found = rows.slice(start, end);
        rows = rows.slice(end);
        if (found.length > 0) yield found;
        if (rows.length > 0) return;
      }
    },
    async *rest() {
      while (await more()) {
        yield* rows;
        rows = [];
      }
    },
  };
}

async function* groupsOf(file: AsyncBuffer): AsyncGenerator<Row[]> {
  const metadata = await parquetMetadataAsync(file);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    yield await parquetReadObjects({ file, metadata, rowStart, rowEnd });
    rowStart = rowEnd;
  }
}
