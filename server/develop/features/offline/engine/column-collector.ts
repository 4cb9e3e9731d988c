import { type DuckDBDataChunk, DuckDBTypeId } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { engineCell } from "./engine-cell.ts";
import type { ColumnCells, EngineCell } from "./messages.ts";

interface ColumnCollector {
  /** Takes rows of a chunk from row `from` on, as those from `start` on. */
  take(chunk: DuckDBDataChunk, column: number, rows: { from: number; count: number; start: number }): void;
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
    take({ chunk }, column, { from, count, start }) {
      const vector = duckdb.data_chunk_get_vector(chunk, column);
      const size = values.BYTES_PER_ELEMENT;
      const end = from + count;
      bytes.set(duckdb.vector_get_data(vector, end * size).subarray(from * size), start * size);
      // Null if every row has a value; else a bit is set for each that has one.
      const valid: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(end / 64) * 8);
      if (!valid) return;
      nulls ??= new Uint8Array(values.length);
      for (let row = 0; row < count; row += 1) {
        const at = from + row;
        if (((valid[at >> 3] ?? 0) & (1 << (at & 7))) !== 0) continue;
        nulls[start + row] = 1;
        // DuckDB leaves there whatever its memory held, or a value that the query withholds.
        bytes.fill(0, (start + row) * size, (start + row + 1) * size);
      }
    },
    cells: () => ({ values, nulls }),
  };
}

function single(rows: number): ColumnCollector {
  const cells = new Array<EngineCell>(rows).fill(null);
  return {
    take(chunk, column, { from, count, start }) {
      const vector = chunk.getColumnVector(column);
      for (let row = 0; row < count; row += 1) cells[start + row] = engineCell(vector.getItem(from + row));
    },
    cells: () => cells,
  };
}
