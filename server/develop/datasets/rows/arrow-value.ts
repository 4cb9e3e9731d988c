import { type Data, DataType, DateUnit, type Dictionary, Precision, TimeUnit, type Vector } from "apache-arrow";
import { type Value, valueOfCell, valueOfFloat32, valueOfNanoseconds, valueOfText } from "./value.ts";

/** Reads the values of one column of a batch, by row. */
export type CellReader = (row: number) => Value;

const nanosecondsOf: Record<TimeUnit, bigint> = {
  [TimeUnit.SECOND]: 1_000_000_000n,
  [TimeUnit.MILLISECOND]: 1_000_000n,
  [TimeUnit.MICROSECOND]: 1000n,
  [TimeUnit.NANOSECOND]: 1n,
};
const dayNanoseconds = 86_400_000_000_000n;

/** Returns a reader for the cells of a column of one batch, by its type. Lists and structures become JSON, as in Parquet. */
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
  return (index) => valueOfCell(plain(vector.get(index)));
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
  if (DataType.isDecimal(type)) return (row) => valueOfText(decimalText(vector.get(row), type.scale));
  return (row) => valueOfCell(plain(vector.get(row)));
}

/** Converts nested values to plain objects and lists. */
function plain(cell: unknown): unknown {
  if (typeof cell !== "object" || cell === null || cell instanceof Date || cell instanceof Uint8Array) return cell;
  if (ArrayBuffer.isView(cell)) return Array.from(cell as unknown as ArrayLike<unknown>);
  if ("toJSON" in cell && typeof cell.toJSON === "function") return plainParts(cell.toJSON());
  return plainParts(cell);
}

function plainParts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return plain(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** Converts 128 or 256 bits in 32-bit words, lowest first, in two's complement. */
function decimalText(words: Uint32Array, scale: number): string {
  let bits = 0n;
  for (let word = words.length - 1; word >= 0; word -= 1) bits = (bits << 32n) | BigInt(words[word] as number);
  const number = BigInt.asIntN(words.length * 32, bits);
  const digits = String(number < 0n ? -number : number).padStart(scale + 1, "0");
  const integerPart = digits.slice(0, digits.length - scale);
  const text = scale > 0 ? `${integerPart}.${digits.slice(-scale)}` : integerPart;
  return number < 0n ? `-${text}` : text;
}
