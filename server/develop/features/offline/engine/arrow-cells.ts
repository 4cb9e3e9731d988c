import { type Data, DataType, Precision, TimeUnit, type Vector } from "apache-arrow";
import { cellReader } from "#server/develop/datasets/rows/arrow-value.ts";
import type { LoadedCells } from "./fill-chunk.ts";
import type { EngineCell } from "./messages.ts";

/** How a column of an Arrow file comes into a table of DuckDB. */
export interface ArrowReading {
  /** Type of its cells on their way: times are integers. */
  raw: string;
  /** Expression for the column's value, of its cell `cell`. */
  value(cell: string): string;
  /** Returns the cells of one batch. */
  cells(vector: Vector | null, rows: number): LoadedCells;
}

const asItIs = (type: string, cells: ArrowReading["cells"]): ArrowReading => ({
  raw: type,
  value: (cell) => cell,
  cells,
});

const exactCells: ArrowReading["cells"] = (vector, rows) =>
  Array.from({ length: rows }, (_, row) => (vector?.get(row) ?? null) as EngineCell);

/** Numbers and times as they are stored: Arrow returns times as milliseconds, without the rest. */
const storedCells: ArrowReading["cells"] = (vector, rows) => {
  const [data] = (vector?.data ?? []) as readonly Data[];
  if (!data) return new Array<null>(rows).fill(null);
  const { values, nullBitmap, nullCount, offset } = data;
  // A file may claim more rows than it has.
  if (offset !== 0 || values.length < rows) return exactCells(vector, rows);
  return { values, valid: nullCount === 0 ? null : nullBitmap };
};

/** Lists, structures and decimals as the text that a dataset has for them. */
const textCells: ArrowReading["cells"] = (vector, rows) => {
  const read = vector && vector.data.length > 0 ? cellReader(vector) : () => null;
  return Array.from({ length: rows }, (_, row) => read(row)?.text ?? null);
};

/** Decides how a column is read. Numbers, texts, bytes and times keep their type and every digit; anything else becomes text. */
export function arrowReading(type: DataType): ArrowReading {
  if (DataType.isInt(type)) {
    const name = `${type.isSigned ? "" : "U"}${{ 8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT" }[type.bitWidth]}`;
    return asItIs(name, storedCells);
  }
  if (DataType.isFloat(type)) {
    const isHalf = type.precision === Precision.HALF;
    return asItIs(type.precision === Precision.DOUBLE ? "DOUBLE" : "FLOAT", isHalf ? exactCells : storedCells);
  }
  if (DataType.isBool(type)) return asItIs("BOOLEAN", exactCells);
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return asItIs("VARCHAR", exactCells);
  if (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary)) return asItIs("VARCHAR", exactCells);
  if (DataType.isBinary(type) || DataType.isLargeBinary(type)) return asItIs("BLOB", exactCells);
  if (DataType.isTimestamp(type)) return timeReading(type.unit as TimeUnit);
  return asItIs("VARCHAR", textCells);
}

function timeReading(unit: TimeUnit): ArrowReading {
  if (unit === TimeUnit.NANOSECOND) {
    return { raw: "BIGINT", value: (cell) => `make_timestamp_ns(${cell})`, cells: storedCells };
  }
  const factor = { [TimeUnit.SECOND]: 1_000_000, [TimeUnit.MILLISECOND]: 1000, [TimeUnit.MICROSECOND]: 1 }[unit];
  return {
    raw: "BIGINT",
    value: (cell) => `make_timestamp(${cell} * ${factor}) AT TIME ZONE 'UTC'`,
    cells: storedCells,
  };
}
