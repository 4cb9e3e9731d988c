import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import { DomainError } from "#server/base/errors.ts";
import type { CellKind, ExportColumn } from "./export-columns.ts";
import type { Cell } from "./load-cells.ts";

/** Number of cells per row group: large enough to keep the file's footer, which lists every column of every group, small. */
const cellsPerGroup = 1_000_000;
const maxRowsPerGroup = 20_000;
const maxColumns = 2_000;

const types = { text: "STRING", number: "DOUBLE", integer: "INT64", time: "TIMESTAMP" } as const satisfies Record<
  CellKind,
  string
>;

/** Writes Parquet, one row group at a time: metrics as doubles, times as timestamps in milliseconds UTC, missing values as null. */
export function parquetFile(
  columns: readonly ExportColumn[],
  pages: AsyncIterable<Cell[][]>,
): AsyncGenerator<Uint8Array> {
  if (columns.length > maxColumns) {
    throw new DomainError(
      "too-large",
      `Parquet exports are limited to ${maxColumns} columns; this one has ${columns.length}. Select fewer columns, or use CSV.`,
    );
  }
  return groups(columns, pages);
}

async function* groups(columns: readonly ExportColumn[], pages: AsyncIterable<Cell[][]>): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter();
  const shape = columns.map(({ name, kind }) => ({ name, type: types[kind], nullable: true, data: [] }));
  const parquet = new ParquetWriter({ writer, schema: schemaFromColumnData({ columnData: shape }) });
  const rowsPerGroup = Math.max(1, Math.min(maxRowsPerGroup, Math.floor(cellsPerGroup / columns.length)));
  let rows: Cell[][] = [];
  function write() {
    const columnData = columns.map(({ name, kind }, index) => ({
      name,
      data: rows.map((row) => stored(row[index], kind)),
    }));
    // Omits the page index, which would stay in memory until the end.
    parquet.write({
      columnData: columnData.map((column) => ({ ...column, offsetIndex: false })),
      rowGroupSize: rows.length,
    });
    rows = [];
  }
  for await (const page of pages) {
    rows.push(...page);
    if (rows.length < rowsPerGroup) continue;
    write();
    yield takeBytes(writer);
  }
  if (rows.length > 0) write();
  parquet.finish();
  yield takeBytes(writer);
}

function stored(cell: Cell | undefined, kind: CellKind): Cell | bigint {
  return kind === "integer" && typeof cell === "number" ? BigInt(cell) : (cell ?? null);
}

/** Returns the bytes written so far and removes them from the writer. */
function takeBytes(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}
