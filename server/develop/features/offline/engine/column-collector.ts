import { DuckDBTypeId, type DuckDBValue, type DuckDBVector } from "@duckdb/node-api";
import { engineCell } from "./engine-cell.ts";
import type { ColumnCells, EngineCell } from "./messages.ts";

interface ColumnCollector {
  /** Takes the rows of a chunk, which begins at row `start`. */
  take(vector: DuckDBVector, start: number, rows: number): void;
  cells(): ColumnCells;
}

type Values = Extract<ColumnCells, { nulls: Uint8Array | null }>["values"];

/** Returns what collects the cells of one column of a result, of a type of DuckDB. */
export function columnCollector(type: DuckDBTypeId, rows: number): ColumnCollector {
  switch (type) {
    case DuckDBTypeId.DOUBLE:
      return typed(new Float64Array(rows), Number);
    case DuckDBTypeId.FLOAT:
      return typed(new Float32Array(rows), Number);
    case DuckDBTypeId.INTEGER:
      return typed(new Int32Array(rows), Number);
    case DuckDBTypeId.BOOLEAN:
      return typed(new Uint8Array(rows), Number);
    case DuckDBTypeId.BIGINT:
      return typed(new BigInt64Array(rows), (value) => value as bigint);
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_TZ:
      return typed(new BigInt64Array(rows), (value) => engineCell(value) as bigint);
    default:
      return single(rows);
  }
}

function typed<Kind extends Values>(values: Kind, convert: (value: DuckDBValue) => Kind[number]): ColumnCollector {
  let nulls: Uint8Array | null = null;
  return {
    take(vector, start, rows) {
      for (let row = 0; row < rows; row += 1) {
        const item = vector.getItem(row);
        if (item === null) {
          nulls ??= new Uint8Array(values.length);
          nulls[start + row] = 1;
        } else {
          values[start + row] = convert(item);
        }
      }
    },
    cells: () => ({ values, nulls }),
  };
}

function single(rows: number): ColumnCollector {
  const cells = new Array<EngineCell>(rows).fill(null);
  return {
    take(vector, start, count) {
      for (let row = 0; row < count; row += 1) cells[start + row] = engineCell(vector.getItem(row));
    },
    cells: () => cells,
  };
}
