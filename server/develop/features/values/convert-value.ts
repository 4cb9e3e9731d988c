import {
  type FeatureType,
  type KeyType,
  maxValueBytes,
  type ScalarType,
  type ScalarValue,
  type StoreValue,
} from "../contract.ts";
import { parseTime } from "./parse-time.ts";

/** Reason why a cell does not fit its type. */
export class ValueProblem {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

type Scalar = (raw: unknown) => ScalarValue | ValueProblem;

const min = { int32: -(2n ** 31n), int64: -(2n ** 63n) };
const max = { int32: 2n ** 31n - 1n, int64: 2n ** 63n - 1n };
const maxFloat32 = 3.4028234663852886e38;
// From 0001-01-01 to the end of 9999, which texts and clients can represent.
const firstTime = -62_135_596_800_000_000n;
const lastTime = 253_402_300_799_999_999n;
const maxListLength = 10_000;
const maxBase64Length = Math.ceil(maxValueBytes / 3) * 4;

/**
 * Returns the function that converts cells of one type to values (see StoreValue). It takes what JSON has, and typed values as they are:
 * bigint for integers, Date and bigint microseconds for timestamps, bytes. It converts nothing that would lose something.
 */
export function converterOf(type: FeatureType): (raw: unknown) => StoreValue | ValueProblem {
  const element = elementTypeOf(type);
  if (element === undefined) {
    const convert = scalars[type as ScalarType];
    return (raw) => (raw === null || raw === undefined ? null : convert(raw));
  }
  const convert = scalars[element];
  return (raw) => (raw === null || raw === undefined ? null : convertList(raw, convert));
}

/** Returns the type of the elements of a list, or undefined for any other type. */
export function elementTypeOf(type: FeatureType): ScalarType | undefined {
  return type.startsWith("list<") ? (type.slice(5, -1) as ScalarType) : undefined;
}

/**
 * Returns the function that converts cells of a key. Clients send keys as they have them, so text and whole floats count as the number, and a
 * number as the text.
 */
export function keyConverterOf(type: KeyType): (raw: unknown) => ScalarValue | null | ValueProblem {
  const convert = scalars[type];
  return (raw) => (raw === null || raw === undefined ? null : convert(asKey(type, raw)));
}

function asKey(type: KeyType, raw: unknown): unknown {
  if (type === "string") return typeof raw === "number" || typeof raw === "bigint" ? String(raw) : raw;
  if (typeof raw !== "string") return raw;
  if (type === "bool") return raw === "true" ? true : raw === "false" ? false : raw;
  return (type === "int32" || type === "int64") && /^[+-]?\d{1,19}$/.test(raw) ? BigInt(raw) : raw;
}

const scalars: Record<ScalarType, Scalar> = {
  bool: (raw) => (typeof raw === "boolean" ? raw : bad(raw, "a boolean")),
  int32: (raw) => {
    const value = integerOf(raw, "int32");
    return typeof value === "bigint" ? Number(value) : value;
  },
  int64: (raw) => integerOf(raw, "int64"),
  float32: (raw) => {
    const value = floatOf(raw);
    if (typeof value !== "number") return value;
    if (Number.isFinite(value) && Math.abs(value) > maxFloat32 && !Number.isFinite(Math.fround(value))) {
      return new ValueProblem(`${value} does not fit 32 bits.`);
    }
    return Math.fround(value);
  },
  float64: floatOf,
  string: textOf,
  bytes: (raw) => {
    if (raw instanceof Uint8Array) return raw.length > maxValueBytes ? tooLong() : raw;
    if (typeof raw !== "string") return bad(raw, "bytes as base64");
    if (raw.length > maxBase64Length) return tooLong();
    const bytes = Buffer.from(raw, "base64");
    return bytes.toString("base64") === raw ? bytes : bad(raw, "bytes as base64");
  },
  timestamp: (raw) => {
    const time = timeOf(raw);
    if (typeof time !== "bigint") return time;
    return time < firstTime || time > lastTime ? bad(raw, "a time in the years 1 to 9999") : time;
  },
  json: (raw) => {
    if (typeof raw !== "string") return bad(raw, "text that holds JSON");
    const text = textOf(raw);
    return typeof text === "string" && parses(text) === undefined ? bad(raw, "text that holds JSON") : text;
  },
  map: (raw) => {
    const text = textOf(typeof raw === "object" && !Array.isArray(raw) ? jsonText(raw) : raw);
    if (typeof text !== "string") return text;
    const value = parses(text)?.value;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? text : bad(raw, "a JSON object");
  },
};

/** Returns the JSON of a value. Integers beyond 2^53, which come as bigint, keep their digits. */
function jsonText(value: unknown): string {
  if (typeof value === "bigint") return `${value}`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(jsonText).join(",")}]`;
  const members = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}:${jsonText(inner)}`);
  return `{${members.join(",")}}`;
}

function convertList(raw: unknown, convert: Scalar): readonly ScalarValue[] | ValueProblem {
  const cells = isTypedArray(raw) ? Array.from(raw) : raw;
  // A list that was cut off is no JSON any more.
  if (typeof cells === "string" && cells.length > maxValueBytes) return tooLong();
  if (!Array.isArray(cells)) return bad(raw, "a list");
  if (cells.length > maxListLength) return new ValueProblem(`Lists can have at most ${maxListLength} values.`);
  const values: ScalarValue[] = [];
  let bytes = 0;
  for (const cell of cells) {
    if (cell === null || cell === undefined) return new ValueProblem("A list cannot have missing values.");
    const value = convert(cell);
    if (value instanceof ValueProblem) return value;
    if (typeof value === "string") bytes += Buffer.byteLength(value);
    else if (value instanceof Uint8Array) bytes += value.length;
    if (bytes > maxValueBytes) return tooLong();
    values.push(value);
  }
  return values;
}

function isTypedArray(raw: unknown): raw is Float64Array {
  return ArrayBuffer.isView(raw) && !(raw instanceof DataView);
}

function integerOf(raw: unknown, type: "int32" | "int64"): bigint | ValueProblem {
  const value = wholeOf(raw);
  if (value === undefined) return bad(raw, "an integer");
  if (value instanceof ValueProblem) return value;
  return value < min[type] || value > max[type]
    ? new ValueProblem(`${value} does not fit ${type === "int32" ? 32 : 64} bits.`)
    : value;
}

function wholeOf(raw: unknown): bigint | ValueProblem | undefined {
  if (typeof raw === "bigint") return raw;
  // JSON parsers of JavaScript round numbers beyond 2^53, so those come as digits.
  if (typeof raw === "string") return /^-?\d{16,19}$/.test(raw) ? BigInt(raw) : undefined;
  if (typeof raw !== "number" || !Number.isInteger(raw)) return undefined;
  return Number.isSafeInteger(raw)
    ? BigInt(raw)
    : new ValueProblem(`${raw} may have been rounded. Send integers beyond 2^53 as text.`);
}

function floatOf(raw: unknown): number | ValueProblem {
  if (typeof raw === "number") return raw;
  if (typeof raw === "bigint") return Number(raw);
  if (raw === "NaN") return Number.NaN;
  if (raw === "Infinity") return Infinity;
  return raw === "-Infinity" ? -Infinity : bad(raw, "a number");
}

function textOf(raw: unknown): string | ValueProblem {
  if (typeof raw !== "string") return bad(raw, "text");
  if (raw.length * 3 > maxValueBytes && Buffer.byteLength(raw) > maxValueBytes) return tooLong();
  return raw.isWellFormed() ? raw : new ValueProblem("The text has half of a surrogate pair.");
}

/** Whole seconds since 1970 as a number, ISO text, a Date, or microseconds as a bigint. */
function timeOf(raw: unknown): bigint | ValueProblem {
  if (typeof raw === "bigint") return raw;
  if (typeof raw === "number" && Number.isSafeInteger(raw)) return BigInt(raw) * 1_000_000n;
  if (raw instanceof Date && !Number.isNaN(raw.getTime())) return BigInt(raw.getTime()) * 1000n;
  return (typeof raw === "string" ? parseTime(raw) : undefined) ?? bad(raw, "a time: ISO text, or whole seconds");
}

function parses(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function tooLong(): ValueProblem {
  return new ValueProblem(`The value is longer than ${maxValueBytes / 2 ** 20} MiB.`);
}

function bad(raw: unknown, expected: string): ValueProblem {
  return new ValueProblem(`${shown(raw)} is not ${expected}.`);
}

const shownLength = 60;

function shown(raw: unknown): string {
  const text = typeof raw === "string" ? JSON.stringify(raw) : typeof raw === "object" ? "A structure" : String(raw);
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}
