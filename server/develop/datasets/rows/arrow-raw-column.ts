import { type Data, DataType, Precision, type Vector } from "apache-arrow";
import { cellReader } from "./arrow-value.ts";
import type { RawColumn } from "./columns.ts";
import { type Value, valueOfCell, valueOfFloat32 } from "./value.ts";

/** Converts a column of a batch: numbers as they are in the file, dictionary values resolved, and everything else as values. */
export function rawColumn(vector: Vector | null, rows: number): RawColumn {
  const [data] = (vector?.data ?? []) as readonly Data[];
  if (!vector || !data) return { cells: new Array<null>(rows).fill(null), value: () => null };
  const { type } = vector;
  if (DataType.isInt(type) || (DataType.isFloat(type) && type.precision !== Precision.HALF)) {
    const isSingle = DataType.isFloat(type) && type.precision === Precision.SINGLE;
    const value = isSingle ? (cell: unknown) => (cell === null ? null : valueOfFloat32(cell as number)) : valueOfCell;
    return { cells: numbersOf(data, rows), value };
  }
  const read = cellReader(vector);
  if (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary)) {
    return { cells: Array.from({ length: rows }, (_, row) => read(row)?.text ?? null), value: valueOfCell };
  }
  return { cells: Array.from({ length: rows }, (_, row) => read(row)), value: (cell) => cell as Value };
}

/** Returns the numbers of a column; a list with nulls if some are missing. */
function numbersOf(data: Data, rows: number): ArrayLike<number | bigint | null> {
  const values = data.values as Float64Array;
  if (data.nullCount === 0) return values.subarray(0, rows);
  return Array.from({ length: rows }, (_, row) => (data.getValid(row) ? (values[row] as number) : null));
}
