import { type DuckDBDataChunk, DuckDBTypeId } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { engineCell } from "./engine-cell.ts";
import type { ColumnCells, EngineCell } from "./messages.ts";

interface ColumnCollector {
  /** Takes the rows of a chunk, which begins at row `start`. */
  take(chunk: DuckDBDataChunk, column: number, start: number): void;
  cells(): ColumnCells;
}

type Values = Extract<ColumnCells, { nulls: Uint8Array | null }>["values"];

/** Returns what collects the cells of one column of a result, of a type of DuckDB. */
export function columnCollector(type: DuckDBTypeId, rows: number): ColumnCollector {
  switch (type) {
    case DuckDBTypeId.DOUBLE:
      return typed(new Float64Array(rows));
    case DuckDBTypeId.FLOAT:
      return typed(new Float32Array(rows));
    case DuckDBTypeId.INTEGER:
      return typed(new Int32Array(rows));
    case DuckDBTypeId.BOOLEAN:
      return typed(new Uint8Array(rows));
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_TZ:
      return typed(new BigInt64Array(rows));
    default:
      return single(rows);
  }
}

/** Copies DuckDB's own arrays of values. Its API reads them cell by cell, which takes ten times as long where some are null. */
function typed(values: Values): ColumnCollector {
  let nulls: Uint8Array | null = null;
  const bytes = new Uint8Array(values.buffer);
  return {
    take({ chunk, rowCount }, column, start) {
      const vector = duckdb.data_chunk_get_vector(chunk, column);
      const size = values.BYTES_PER_ELEMENT;
      bytes.set(duckdb.vector_get_data(vector, rowCount * size), start * size);
      // Null if every row has a value; else a bit is set for each that has one.
      const valid: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(rowCount / 64) * 8);
      if (!valid) return;
      nulls ??= new Uint8Array(values.length);
      for (let row = 0; row < rowCount; row += 1) {
        if (((valid[row >> 3] ?? 0) & (1 << (row & 7))) === 0) nulls[start + row] = 1;
      }
    },
    cells: () => ({ values, nulls }),
  };
}

function single(rows: number): ColumnCollector {
  const cells = new Array<EngineCell>(rows).fill(null);
  return {
    take(chunk, column, start) {
      const vector = chunk.getColumnVector(column);
      for (let row = 0; row < chunk.rowCount; row += 1) cells[start + row] = engineCell(vector.getItem(row));
    },
    cells: () => cells,
  };
}
