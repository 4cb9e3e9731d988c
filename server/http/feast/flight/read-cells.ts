import { type Data, DataType, DateUnit, Precision, type RecordBatch, TimeUnit, type Vector } from "apache-arrow";
import { DomainError } from "#server/base/errors.ts";

/** Units of time in a microsecond, or microseconds in a unit. */
const unitOf: Record<TimeUnit, { times: bigint; over: bigint }> = {
  [TimeUnit.SECOND]: { times: 1_000_000n, over: 1n },
  [TimeUnit.MILLISECOND]: { times: 1_000n, over: 1n },
  [TimeUnit.MICROSECOND]: { times: 1n, over: 1n },
  [TimeUnit.NANOSECOND]: { times: 1n, over: 1_000n },
};

/**
 * Reads the columns of a batch as cells: integers of 64 bits and times as bigint, times in microseconds since 1970, rounded up, so that no
 * value is known before it was (docs/spec/feast.md section 5); lists as arrays.
 * @throws DomainError "invalid" for a type that no feature has
 */
export function readCells(batch: RecordBatch): Record<string, unknown[]> {
  const cells: Record<string, unknown[]> = {};
  for (const [index, field] of batch.schema.fields.entries()) {
    const vector = batch.getChildAt(index);
    cells[field.name] = vector ? cellsOf(vector, field.name) : new Array<null>(batch.numRows).fill(null);
  }
  return cells;
}

function cellsOf(vector: Vector, name: string): unknown[] {
  const read = readerOf(vector, name);
  return Array.from({ length: vector.length }, (_, row) => read(row));
}

function readerOf(vector: Vector, name: string): (row: number) => unknown {
  const { type } = vector;
  const [data] = vector.data as readonly Data[];
  if (!data || DataType.isNull(type)) return () => null;
  const read = valueReader(vector, data, name);
  return (row) => (data.getValid(row) ? read(row) : null);
}

function valueReader(vector: Vector, data: Data, name: string): (row: number) => unknown {
  const { type } = vector;
  if (DataType.isTimestamp(type)) {
    const { times, over } = unitOf[type.unit as TimeUnit];
    return (row) => roundedUp(BigInt(data.values[row]) * times, over);
  }
  if (DataType.isDate(type)) {
    const micros = type.unit === DateUnit.DAY ? 86_400_000_000n : 1_000n;
    return (row) => BigInt(data.values[row]) * micros;
  }
  if (DataType.isFloat(type) && type.precision === Precision.HALF) return (row) => vector.get(row) as number;
  if (DataType.isInt(type) || DataType.isFloat(type)) return (row) => data.values[row] as number | bigint;
  if (DataType.isBool(type) || DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return (row) => vector.get(row);
  if (DataType.isBinary(type) || DataType.isLargeBinary(type)) return (row) => vector.get(row) as Uint8Array;
  if (DataType.isDictionary(type)) {
    const words = data.dictionary as Vector | undefined;
    const cells = words ? words.data.flatMap((_, part) => cellsOf(partOf(words, part), name)) : [];
    return (row) => cells[Number(data.values[row])] ?? null;
  }
  if (DataType.isList(type) || DataType.isFixedSizeList(type) || DataType.isLargeList(type)) {
    return (row) => {
      const list = vector.get(row) as Vector | null;
      return list === null ? null : cellsOf(list, name);
    };
  }
  throw new DomainError("invalid", `Column "${name}" has type ${type}, which no feature has.`);
}

function partOf(vector: Vector, part: number): Vector {
  return vector.data.length === 1
    ? vector
    : new (vector.constructor as new (data: Data[]) => Vector)([vector.data[part] as Data]);
}

function roundedUp(value: bigint, over: bigint): bigint {
  const quotient = value / over;
  return value > quotient * over ? quotient + 1n : quotient;
}
