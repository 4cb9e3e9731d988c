import { type CelInput, type CelValue, isCelList, isCelMap } from "@bufbuild/cel";
import { formatCount } from "#server/base/format-number.ts";
import type { FeatureType, StoreValue } from "../contract.ts";
import { maxElements } from "./check-types.ts";
import { maxText, timestamp, timestampOf } from "./functions.ts";
import { spend, unitsOf } from "./meter.ts";
import { elementOf } from "./types.ts";

const microsPerSecond = 1_000_000n;

/**
 * Turns a value of a column into one of CEL.
 * @throws Error with the reason if expressions cannot take it
 */
export function toCel(type: FeatureType, value: StoreValue): CelInput {
  if (value === null) return null;
  if (Array.isArray(value)) {
    if (value.length > maxElements)
      throw new Error(`at most ${formatCount(maxElements)} elements per list; got ${formatCount(value.length)}`);
    const element = elementOf(type as `list<${string}>`);
    return value.map((item) => toCel(element, item));
  }
  switch (type) {
    case "int32":
    case "int64":
      return BigInt(value as bigint | number);
    case "timestamp":
      return fromMicroseconds(BigInt(value as bigint));
    case "json":
    case "map":
      return fromJson(String(value));
    default:
      return value as CelInput;
  }
}

/**
 * Turns the result of an expression into a value of a column. float32 is rounded, so that a computed value equals the stored one.
 * @throws Error with the reason if the value does not fit the type
 */
export function fromCel(type: FeatureType, value: CelValue): StoreValue {
  return convert(type, value, wholeRoom());
}

/** @param room shared by the elements of a list */
function convert(type: FeatureType, value: CelValue, room: Room): StoreValue {
  if (value === null) return null;
  switch (type) {
    case "bool":
      if (typeof value === "boolean") return value;
      break;
    case "string":
      if (typeof value === "string") return value.length > maxText ? tooLong() : value;
      break;
    case "bytes":
      if (value instanceof Uint8Array) return value.length > maxText ? tooLong() : value;
      break;
    case "int64":
      if (typeof value === "bigint") return value;
      break;
    case "int32":
      if (typeof value === "bigint") return int32(value);
      break;
    case "float64":
      if (typeof value === "number") return value;
      break;
    case "float32":
      if (typeof value === "number") return float32(value);
      break;
    case "timestamp":
      if (isTimestamp(value)) return toMicroseconds(value);
      break;
    case "map":
      if (isCelMap(value)) return toJson(value, room);
      break;
    case "json":
      return toJson(value, room);
    default:
      if (isCelList(value)) return listFromCel(elementOf(type), value, room);
  }
  throw new Error(`the result is ${kindOf(value)}, not ${type}`);
}

/** A list of which an element is null is null: features have no such lists. */
function listFromCel(type: FeatureType, list: Iterable<CelValue> & { size: number }, room: Room): StoreValue {
  if (list.size > maxElements)
    throw new Error(`at most ${formatCount(maxElements)} elements per list; got ${formatCount(list.size)}`);
  const elements = [...list].map((element) => convert(type, element, room));
  const whole = elements.filter((element) => element !== null && !Array.isArray(element));
  return whole.length === elements.length ? (whole as StoreValue) : null;
}

function int32(value: bigint): number {
  if (BigInt.asIntN(32, value) !== value) throw new Error(`${value} does not fit int32`);
  return Number(value);
}

function float32(value: number): number {
  const rounded = Math.fround(value);
  if (Number.isFinite(value) && !Number.isFinite(rounded)) throw new Error(`${value} does not fit float32`);
  return rounded;
}

function tooLong(): never {
  throw new Error(`at most ${formatCount(maxText)} characters per text`);
}

function fromMicroseconds(microseconds: bigint): CelInput {
  const rest = ((microseconds % microsPerSecond) + microsPerSecond) % microsPerSecond;
  return timestamp((microseconds - rest) / microsPerSecond, Number(rest) * 1000);
}

/** Nanoseconds are cut: features have microseconds. */
function toMicroseconds(value: CelValue): bigint {
  const { seconds, nanos } = timestampOf(value);
  return seconds * microsPerSecond + BigInt(Math.floor(nanos / 1000));
}

function isTimestamp(value: CelValue): boolean {
  return kindOf(value) === "timestamp";
}

/** The name of a value's type for people. */
function kindOf(value: CelValue): string {
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "double";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (value instanceof Uint8Array) return "bytes";
  if (isCelList(value)) return "list";
  if (isCelMap(value)) return "map";
  const { desc } = value as { desc?: { typeName: string } };
  if (desc?.typeName === "google.protobuf.Timestamp") return "timestamp";
  if (desc?.typeName === "google.protobuf.Duration") return "duration";
  return "another type";
}

const integerText = /^-?\d+$/;

/** JSON as CEL's values: numbers without point and exponent are int, as Python writes them, all others double. */
function fromJson(text: string): CelInput {
  if (text.length > maxText)
    throw new Error(`at most ${formatCount(maxText)} characters per text; got ${formatCount(text.length)}`);
  spend(unitsOf(text.length));
  let count = 0;
  const parsed: unknown = JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    count += 1;
    if (typeof value !== "number" || !context?.source || !integerText.test(context.source)) return value;
    const whole = BigInt(context.source);
    return whole === BigInt.asIntN(64, whole) ? whole : value;
  });
  if (count > maxElements + 1)
    throw new Error(`at most ${formatCount(maxElements)} elements per JSON text; got ${formatCount(count - 1)}`);
  return withMaps(parsed);
}

/** Objects as maps, or a key such as "constructor" would be found in every one. */
function withMaps(value: unknown): CelInput {
  if (Array.isArray(value)) return value.map(withMaps);
  if (typeof value === "object" && value !== null) {
    return new Map(Object.entries(value).map(([key, entry]) => [key, withMaps(entry)]));
  }
  return value as CelInput;
}

/** What the JSON of one result may still take. */
interface Room {
  characters: number;
  /** With those that are nested, and the value itself. */
  elements: number;
}

const wholeRoom = (): Room => ({ characters: maxText, elements: maxElements + 1 });

/** CEL's values as JSON, which `fromJson` reads as the same values. */
function toJson(value: CelValue, room: Room): string {
  const parts: string[] = [];
  writeJson(value, parts, room);
  const text = parts.join("");
  spend(unitsOf(text.length));
  return text;
}

/** Adds the JSON of a value to the parts. @throws Error as soon as the room is used up: a value can hold a long text a thousand times */
function writeJson(value: CelValue, parts: string[], room: Room): void {
  const write = (part: string): void => {
    room.characters -= part.length;
    if (room.characters < 0) tooLong();
    parts.push(part);
  };
  room.elements -= 1;
  if (room.elements < 0) throw new Error(`at most ${formatCount(maxElements)} elements per JSON text`);
  if (typeof value === "string") {
    if (value.length > room.characters) tooLong();
    write(JSON.stringify(value));
  } else if (isCelList(value)) {
    let separator = "[";
    for (const element of value) {
      write(separator);
      writeJson(element, parts, room);
      separator = ",";
    }
    write(separator === "[" ? "[]" : "]");
  } else if (isCelMap(value)) {
    let separator = "{";
    for (const [key, entry] of value) {
      const name = String(key);
      if (name.length > room.characters) tooLong();
      write(`${separator}${JSON.stringify(name)}:`);
      writeJson(entry, parts, room);
      separator = ",";
    }
    write(separator === "{" ? "{}" : "}");
  } else write(scalarJson(value));
}

function scalarJson(value: CelValue): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return jsonNumber(value);
  if (value === null || typeof value === "boolean") return JSON.stringify(value);
  throw new Error(`JSON has no ${kindOf(value)}`);
}

function jsonNumber(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`JSON has no ${value}`);
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${Object.is(value, -0) ? "-0" : value}.0` : String(value);
}
