import { type Data, DataType, DateUnit, Precision, type RecordBatch, TimeUnit, type Vector } from "apache-arrow";
import { DomainError } from "#server/base/errors.ts";

/** Units of time in a microsecond, or microseconds in a unit. */
const unitOf: Record<TimeUnit, { times: bigint; over: bigint }> = {
  [TimeUnit.SECOND]: { times: 1_000_000n, over: 1n },
  [TimeUnit.MILLISECOND]: { times: 1_000n, over: 1n },
  [TimeUnit.MICROSECOND]: { times: 1n, over: 1n },
  [TimeUnit.NANOSECOND]: { times: 1n, over: 1_000n },
};

/** Most values in all lists of a batch. A list of flags has eight for each byte that was sent. */
const maxListValues = 10_000_000;

/** What the columns of a batch share while they are read. */
interface Reading {
  /** Values in lists so far. */
  listValues: number;
  /** Readers of dictionaries: a word is read once, however many rows name it. */
  readonly words: Map<Vector, (word: number) => unknown>;
}

/**
 * Reads the columns of a batch as cells: integers of 64 bits and times as bigint, times in microseconds since 1970, rounded up, so that no
 * value is known before it was (docs/spec/feast.md section 5); lists as arrays.
 * @param batch whose columns were checked (check-data.ts)
 * @throws DomainError "invalid" for a type that no feature has; "too-large" for lists with too many values
 */
export function readCells(batch: RecordBatch): Record<string, unknown[]> {
  const cells: Record<string, unknown[]> = {};
  const reading: Reading = { listValues: 0, words: new Map() };
  // One for all columns of nulls, which may be many and come without bytes.
  const nulls = new Array<null>(batch.numRows).fill(null);
  for (const [index, field] of batch.schema.fields.entries()) {
    const vector = batch.getChildAt(index);
    cells[field.name] = vector && !DataType.isNull(vector.type) ? cellsOf(vector, field.name, reading) : nulls;
  }
  return cells;
}

function cellsOf(vector: Vector, name: string, reading: Reading): unknown[] {
  const read = readerOf(vector, name, reading);
  return Array.from({ length: vector.length }, (_, row) => read(row));
}

function readerOf(vector: Vector, name: string, reading: Reading): (row: number) => unknown {
  const { type } = vector;
  const [data] = vector.data as readonly Data[];
  if (!data || DataType.isNull(type)) return () => null;
  const read = valueReader(vector, data, name, reading);
  return (row) => (data.getValid(row) ? read(row) : null);
}

function valueReader(vector: Vector, data: Data, name: string, reading: Reading): (row: number) => unknown {
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
    const word = wordReader(data.dictionary as Vector, name, reading);
    return (row) => word(Number(data.values[row]));
  }
  if (DataType.isList(type) || DataType.isFixedSizeList(type) || DataType.isLargeList(type)) {
    return (row) => {
      const list = vector.get(row) as Vector | null;
      if (list === null) return null;
      reading.listValues += list.length;
      if (reading.listValues > maxListValues) {
        const message = `The lists of column "${name}" have too many values. Send fewer rows at a time.`;
        throw new DomainError("too-large", message);
      }
      return cellsOf(list, name, reading);
    };
  }
  throw new DomainError("invalid", `Column "${name}" has type ${type}, which no feature has.`);
}

/** Reads words of a dictionary, each when a row names it first. */
function wordReader(dictionary: Vector, name: string, reading: Reading): (word: number) => unknown {
  const known = reading.words.get(dictionary);
  if (known) return known;
  const read = readerOf(dictionary, name, reading);
  const found = new Map<number, unknown>();
  const reader = (word: number): unknown => {
    if (!(word >= 0 && word < dictionary.length)) return null;
    if (!found.has(word)) found.set(word, read(word));
    return found.get(word);
  };
  reading.words.set(dictionary, reader);
  return reader;
}

function roundedUp(value: bigint, over: bigint): bigint {
  const quotient = value / over;
  return value > quotient * over ? quotient + 1n : quotient;
}
