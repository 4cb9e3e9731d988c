import { trimEndOf } from "#server/base/text/trim-of.ts";
import type { ValueKind } from "../profile/contract.ts";

/**
 * A value of a table, whatever the format of the file: `text` is its one way of writing, so that a CSV and a Parquet file with the
 * same rows are the same. Null is a missing value.
 */
export type Value = { kind: ValueKind; text: string; number: number } | null;

/** Texts that mean "no value", in any format. */
const missing = new Set(["", "NaN", "nan", "NA", "N/A", "<NA>", "null", "NULL"]);

// A leading zero is part of a code such as a postal code; a number of more digits than a double holds stays as it is written.
const integer = /^[+-]?(0|[1-9]\d*)$/;
const number = /^[+-]?((0|[1-9]\d*)?\.\d+|(0|[1-9]\d*)\.?)([eE][+-]?\d+)?$/;
const infinity = /^([+-]?)(inf|infinity)$/i;
const time = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?\s?(Z|UTC|[+-]\d\d:?\d\d)?)?$/;

/**
 * Reads one cell of text. "1", "1.0" and "1e0" are the integer 1; "01" is a text; "true" and "False" are booleans; a date is its midnight
 * and a time without a zone is in UTC.
 */
export function valueOfText(cell: string): Value {
  const trimmed = cell.trim();
  if (missing.has(trimmed)) return null;
  const first = trimmed.charCodeAt(0);
  // Most texts start with a letter, and no number or time does.
  const mayBeNumber = first < 58;
  if (mayBeNumber && integer.test(trimmed)) return valueOfDigits(trimmed);
  if (mayBeNumber && number.test(trimmed)) return valueOfNumber(Number(trimmed));
  if (mayBeNumber && time.test(trimmed)) return valueOfIso(trimmed) ?? textOf(cell);
  const lower = trimmed.length < 10 ? trimmed.toLowerCase() : "";
  if (lower === "true" || lower === "false") return { kind: "boolean", text: lower, number: lower === "true" ? 1 : 0 };
  const infinite = infinity.exec(trimmed);
  if (infinite) return valueOfNumber(infinite[1] === "-" ? -Infinity : Infinity);
  return textOf(cell);
}

/** Converts a number; NaN counts as missing, and 1.0 is the integer 1. */
export function valueOfNumber(value: number): Value {
  if (Number.isNaN(value)) return null;
  const kind = Number.isInteger(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? "integer" : "number";
  return { kind, text: String(value === 0 ? 0 : value), number: value === 0 ? 0 : value };
}

/** Converts a single-precision number to the shortest decimal that represents it: 0.1, not 0.10000000149011612. */
export function valueOfFloat32(value: number): Value {
  if (!Number.isFinite(value)) return valueOfNumber(value);
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return valueOfNumber(short);
  }
  return valueOfNumber(Number(value.toPrecision(9)));
}

/** Converts a time in nanoseconds since 1970 UTC, so that microseconds are not lost. */
export function valueOfNanoseconds(nanoseconds: bigint): Value {
  const milliseconds = nanoseconds / 1_000_000n - (nanoseconds % 1_000_000n < 0n ? 1n : 0n);
  const rest = nanoseconds - milliseconds * 1_000_000n;
  const date = new Date(Number(milliseconds));
  if (Number.isNaN(date.getTime())) return textOf(String(nanoseconds));
  const seconds = date.toISOString().slice(0, -1);
  const fraction = trimEndOf(String(rest).padStart(6, "0"), "0");
  return { kind: "time", text: `${seconds}${fraction}Z`, number: date.getTime() };
}

/** Converts a cell of a typed file: numbers, booleans, dates, texts; nested values as JSON with sorted keys. */
export function valueOfCell(cell: unknown): Value {
  if (cell === null || cell === undefined) return null;
  switch (typeof cell) {
    case "string":
      return valueOfText(cell);
    case "number":
      return valueOfNumber(cell);
    case "bigint":
      return valueOfDigits(String(cell));
    case "boolean":
      return { kind: "boolean", text: String(cell), number: cell ? 1 : 0 };
    default:
      if (cell instanceof Date) return valueOfNanoseconds(BigInt(cell.getTime()) * 1_000_000n);
      return textOf(JSON.stringify(plain(cell)));
  }
}

/** Digits beyond what a double holds stay digits: two ids of 20 digits are not the same. */
function valueOfDigits(digits: string): Value {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return valueOfNumber(value);
  return { kind: "integer", text: digits.replace("+", ""), number: value };
}

function valueOfIso(text: string): Value | undefined {
  const [, date = "", clock = "00:00", fraction = "", zone = ""] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?\s?(\D.*)?)?$/.exec(text) ?? [];
  const offset = zone === "" || zone === "UTC" ? "Z" : zone.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2");
  const milliseconds = Date.parse(`${date}T${clock}${offset}`);
  // Date.parse takes 31 February for 3 March.
  if (Number.isNaN(milliseconds) || !new Date(`${date}T00:00Z`).toISOString().startsWith(date)) return undefined;
  return valueOfNanoseconds(BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, "0") || 0));
}

function textOf(text: string): Value {
  return { kind: "text", text, number: Number.NaN };
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, plain(inner)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
