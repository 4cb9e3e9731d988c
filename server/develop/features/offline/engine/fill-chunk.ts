import { blobValue, type DuckDBDataChunk, type DuckDBValue, listValue } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import type { EngineCell } from "./messages.ts";

/** Numbers in the form in which DuckDB stores the column's type, with a bit for each that is not null; null if all have a value. */
interface StoredCells {
  values: ArrayBufferView & { readonly BYTES_PER_ELEMENT: number };
  valid: Uint8Array | null;
}

export type LoadedCells = readonly EngineCell[] | StoredCells;

/**
 * Fills a chunk of a table with rows of some columns.
 * @param start first row, a multiple of 8
 */
export function fillChunk(chunk: DuckDBDataChunk, columns: readonly LoadedCells[], start: number, rows: number): void {
  chunk.rowCount = rows;
  for (const [index, cells] of columns.entries()) {
    if ("values" in cells && "valid" in cells) copyStored(chunk, index, cells, start, rows);
    else chunk.setColumnValues(index, cells.slice(start, start + rows).map(duckValue));
  }
}

function copyStored(
  { chunk }: DuckDBDataChunk,
  column: number,
  { values, valid }: StoredCells,
  start: number,
  rows: number,
): void {
  const vector = duckdb.data_chunk_get_vector(chunk, column);
  const size = values.BYTES_PER_ELEMENT;
  duckdb.copy_data_to_vector(vector, 0, values.buffer as ArrayBuffer, values.byteOffset + start * size, rows * size);
  if (!valid) return;
  // Bits that a file lacks are those of nulls.
  const bits = new Uint8Array(Math.ceil(rows / 64) * 8);
  bits.set(valid.subarray(start >> 3, (start + rows + 7) >> 3));
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, bits.buffer, 0, bits.length);
}

function duckValue(cell: EngineCell): DuckDBValue {
  if (cell instanceof Uint8Array) return blobValue(cell);
  if (typeof cell === "object" && cell !== null) return listValue(cell.map(duckValue));
  return cell;
}
