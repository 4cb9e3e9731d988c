import { isUtf8 } from "node:buffer";
import { parsedJson } from "#server/base/parsed-json.ts";
import { trimEndOf } from "#server/base/text/trim-of.ts";
import type { ValueKind } from "../profile/contract.ts";
import { doubleOf, exactText, hasUsableExponent } from "./decimal.ts";

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
  if (mayBeNumber && number.test(trimmed)) return valueOfDecimal(trimmed) ?? textOf(cell);
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

/** Converts bytes without a type: text if they are UTF-8, as older files have texts; otherwise base64, which no text looks like. */
function valueOfBytes(bytes: Uint8Array): Value {
  return isUtf8(bytes) ? valueOfText(Buffer.from(bytes).toString("utf8")) : textOf(textOfBytes(bytes));
}

/** Converts a nested value to its text. Null stays null. */
export function valueOfNested(cell: unknown, write: (cell: unknown) => string = nestedText): Value {
  return cell === null || cell === undefined ? null : textOf(write(cell));
}

/** Converts a cell of a typed file: numbers, booleans, dates, texts, bytes; nested values as JSON with sorted keys. */
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
      return cell instanceof Uint8Array ? valueOfBytes(cell) : valueOfNested(cell);
  }
}

/** Digits beyond what a double holds stay digits: two ids of 20 digits are not the same. */
function valueOfDigits(digits: string): Value {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return valueOfNumber(value);
  return { kind: "integer", text: digits.replace("+", ""), number: value };
}

/** Converts digits with a point or an exponent: a double where they stand for one, otherwise exactly as written. */
function valueOfDecimal(text: string): Value {
  if (!hasUsableExponent(text)) return null;
  const double = doubleOf(text);
  if (double !== undefined) return valueOfNumber(double);
  const exact = exactText(text);
  return { kind: exact.isInteger ? "integer" : "number", text: exact.text, number: Number(text) };
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

/**
 * Writes a list, a structure or a value inside one: JSON with sorted keys, except that NaN, infinities and digits beyond a double stay what
 * they are. JSON would write NaN like null.
 */
export function nestedText(cell: unknown): string {
  if (Array.isArray(cell)) return nestedList(cell, nestedText);
  if (typeof cell !== "object" || cell === null || cell instanceof Date || cell instanceof Uint8Array) {
    return nestedPart(cell, valueOfCell);
  }
  if (ArrayBuffer.isView(cell)) return nestedList(Array.from(cell as unknown as ArrayLike<unknown>), nestedText);
  if ("toJSON" in cell && typeof cell.toJSON === "function") return nestedText(cell.toJSON());
  return nestedFields(Object.entries(cell).map(([key, inner]) => [key, nestedText(inner)] as const));
}

/** Writes a list inside a cell. */
export function nestedList(cells: readonly unknown[], write: (cell: unknown) => string): string {
  return `[${cells.map(write).join(",")}]`;
}

/** Writes a structure inside a cell, of fields that are written already. */
export function nestedFields(fields: readonly (readonly [string, string])[]): string {
  const sorted = fields.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${sorted.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(",")}}`;
}

/** Writes a value inside a list or structure. Texts stay texts there, whatever they look like. */
export function nestedPart(cell: unknown, read: (cell: unknown) => Value): string {
  if (cell === null || cell === undefined) return "null";
  if (typeof cell === "string") return JSON.stringify(cell);
  if (typeof cell === "number" && Number.isNaN(cell)) return "NaN";
  if (cell instanceof Uint8Array) return isUtf8(cell) ? JSON.stringify(String(Buffer.from(cell))) : textOfBytes(cell);
  const value = read(cell);
  if (value === null) return "null";
  return value.kind === "text" || value.kind === "time" ? JSON.stringify(value.text) : value.text;
}

/** Reads a list of numbers as nestedText writes it. @returns undefined for anything else */
export function listOfText(text: string): unknown[] | undefined {
  const list = parsedJson(text.replaceAll("NaN", "null").replaceAll("Infinity", "1e999"));
  return Array.isArray(list) ? list : undefined;
}

function textOfBytes(bytes: Uint8Array): string {
  return `base64"${Buffer.from(bytes).toString("base64")}"`;
}
