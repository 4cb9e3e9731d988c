import { type Data, DataType, DateUnit, type Dictionary, Precision, TimeUnit, Vector } from "apache-arrow";
import { decimalText } from "./decimal.ts";
import {
  nestedFields,
  nestedList,
  nestedPart,
  type Value,
  valueOfCell,
  valueOfFloat32,
  valueOfNanoseconds,
  valueOfNested,
  valueOfText,
} from "./value.ts";

/** Reads the values of one column of a batch, by row. */
export type CellReader = (row: number) => Value;

const nanosecondsOf: Record<TimeUnit, bigint> = {
  [TimeUnit.SECOND]: 1_000_000_000n,
  [TimeUnit.MILLISECOND]: 1_000_000n,
  [TimeUnit.MICROSECOND]: 1000n,
  [TimeUnit.NANOSECOND]: 1n,
};
const dayNanoseconds = 86_400_000_000_000n;

/** Returns a reader for the cells of a column of one batch, by its type. Lists and structures become text, as in Parquet. */
export function cellReader(vector: Vector): CellReader {
  const { type } = vector;
  const [data] = vector.data as readonly Data[];
  if (!data) return () => null;
  if (DataType.isDictionary(type)) {
    const words = vector.data[0]?.dictionary as Vector<Dictionary["dictionary"]> | undefined;
    // The values of a dictionary are few and come often.
    const known = new Map<number, Value>();
    const reader = words && manyReader(words);
    return (row) => {
      if (!reader || !data.getValid(row)) return null;
      const index = Number(data.values[row]);
      const value = known.get(index);
      if (value !== undefined) return value;
      const read = reader(index);
      known.set(index, read);
      return read;
    };
  }
  const read = plainReader(vector, data);
  return data.nullCount > 0 ? (row) => (data.getValid(row) ? read(row) : null) : read;
}

/** Reads a vector of several parts, such as a dictionary with deltas. */
function manyReader(vector: Vector): CellReader {
  if (vector.data.length === 1) return cellReader(vector);
  const parts = vector.data.map((data) => ({ rows: data.length, read: cellReader(new Vector([data])) }));
  return (index) => {
    let before = 0;
    for (const { rows, read } of parts) {
      if (index < before + rows) return read(index - before);
      before += rows;
    }
    return null;
  };
}

function plainReader(vector: Vector, data: Data): CellReader {
  const { type } = vector;
  if (DataType.isTimestamp(type)) {
    const factor = nanosecondsOf[type.unit as TimeUnit];
    return (row) => valueOfNanoseconds(BigInt(data.values[row]) * factor);
  }
  if (DataType.isDate(type)) {
    const factor = type.unit === DateUnit.DAY ? dayNanoseconds : 1_000_000n;
    return (row) => valueOfNanoseconds(BigInt(data.values[row]) * factor);
  }
  if (DataType.isFloat(type) && type.precision === Precision.SINGLE) return (row) => valueOfFloat32(data.values[row]);
  if (DataType.isDecimal(type)) return (row) => valueOfText(decimalText(unscaledOf(vector.get(row)), type.scale));
  const nested = nestedReader(vector, data);
  if (nested) return (row) => valueOfNested(row, () => nested(row));
  return (row) => valueOfCell(vector.get(row));
}

/** Returns a writer of the lists, structures or maps of a column, by the types of what is inside; undefined for other types. */
function nestedReader(vector: Vector, data: Data): ((row: number) => string) | undefined {
  const { type } = vector;
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type)) {
    return (row) => listText(vector.get(row) as Vector);
  }
  if (DataType.isStruct(type)) {
    const fields = type.children.map(({ name }, index) => ({ name, write: partWriter(vector.getChildAt(index)) }));
    return (row) => nestedFields(fields.map(({ name, write }) => [name, write(row)] as const));
  }
  if (DataType.isMap(type)) {
    const entries = vector.getChildAt(0);
    const keys = partWriter(entries?.getChildAt(0) ?? null);
    const values = partWriter(entries?.getChildAt(1) ?? null);
    return (row) => {
      const [from, to] = [data.valueOffsets[row] as number, data.valueOffsets[row + 1] as number];
      const rows = Array.from({ length: to - from }, (_, index) => from + index);
      // A key that is a text is one of a JSON object; another is written like a text.
      return nestedFields(rows.map((row) => [keyOf(keys(row)), values(row)] as const));
    };
  }
  return undefined;
}

function listText(list: Vector): string {
  const write = partWriter(list);
  return nestedList(
    Array.from({ length: list.length }, (_, row) => row),
    (row) => write(row as number),
  );
}

/** Returns a writer of the values of a vector inside a list or structure. */
function partWriter(vector: Vector | null): (row: number) => string {
  const [data] = (vector?.data ?? []) as readonly Data[];
  if (!vector || !data) return () => "null";
  const nested = nestedReader(vector, data);
  if (nested) return (row) => (data.getValid(row) ? nested(row) : "null");
  const { type } = vector;
  const read = cellReader(vector);
  // Arrow returns times without their microseconds, and decimals as words.
  if (DataType.isTimestamp(type) || DataType.isDate(type) || DataType.isDecimal(type)) {
    return (row) => nestedPart(row, () => read(row));
  }
  return (row) => nestedPart(vector.get(row), () => read(row));
}

function keyOf(written: string): string {
  return written.startsWith('"') ? String(JSON.parse(written)) : written;
}

/** Converts 128 or 256 bits in 32-bit words, lowest first, in two's complement. */
function unscaledOf(words: Uint32Array): bigint {
  let bits = 0n;
  for (let word = words.length - 1; word >= 0; word -= 1) bits = (bits << 32n) | BigInt(words[word] as number);
  return BigInt.asIntN(words.length * 32, bits);
}
