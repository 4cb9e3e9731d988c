import {
  type CelFunc,
  type CelList,
  CelScalar,
  type CelUint,
  type CelValue,
  celFunc,
  celList,
  celMethod,
  celUint,
  isCelList,
  isCelMap,
  listType,
  objectType,
} from "@bufbuild/cel";
import { formatCount } from "#server/base/format-number.ts";
import { compilePattern } from "#server/base/pattern.ts";
import { maxElements } from "./check-types.ts";
import { spend, unitsOf } from "./meter.ts";
import { timeParts, wallClock } from "./time-parts.ts";

/** Characters of a text, or bytes, that an expression reads or makes. */
export const maxText = 65_536;

/** Message of the error that a function gives when an operand is null. */
export const nullOperand = "an operand is null";

/** Functions that only instrument.ts calls; no expression can name them. */
export const internal = {
  /** Returns its operand, and counts the work to read it. */
  read: "@read",
  /** The same, and fails with `nullOperand` if it is null. */
  value: "@value",
  /** Returns its first operand, the condition of a loop, and counts the second as work. */
  go: "@go",
  /** An empty list that `append` may change. */
  list: "@list",
  append: "@append",
};

const { BOOL, BYTES, DOUBLE, DYN, INT, STRING, UINT } = CelScalar;
const LIST = listType(DYN);
const TIMESTAMP = objectType("google.protobuf.Timestamp");

/** Google's Timestamp, as CEL's values have it. */
export interface Timestamp {
  $typeName: "google.protobuf.Timestamp";
  /** Since 1970, rounded down. */
  seconds: bigint;
  nanos: number;
}

/** Lists that loops make, and the arrays behind them. */
const growing = new WeakMap<CelList, CelValue[]>();

function read(value: CelValue): CelValue {
  if (typeof value === "string" || value instanceof Uint8Array) {
    if (value.length > maxText) throw tooLong(value.length);
    if (value.length > 64) spend(unitsOf(value.length));
  } else if (isCelList(value) || isCelMap(value)) {
    spend(elementsOf(value));
  }
  return value;
}

/** Counts elements, nested ones included. @throws Error if there are too many */
function elementsOf(value: CelValue, counted = 0): number {
  let count = counted + 1;
  if (count > maxElements + 1) throw new Error(`at most ${formatCount(maxElements)} elements per list or map`);
  if (isCelList(value)) for (const element of value) count = elementsOf(element, count);
  else if (isCelMap(value)) for (const [, element] of value) count = elementsOf(element, count);
  return count;
}

function concatenate(left: CelList, right: CelList): CelList {
  if (left.size + right.size > maxElements)
    throw new Error(
      `at most ${formatCount(maxElements)} elements per list; got ${formatCount(left.size + right.size)}`,
    );
  // The library's concatenated lists hold each other: iterating over the hundredth takes a hundred calls per element.
  return celList([...left, ...right]);
}

function append(list: CelList, element: CelValue): CelList {
  const elements = growing.get(list);
  if (!elements) throw new Error("only a loop's list can grow");
  elements.push(element);
  return list;
}

function newList(): CelList {
  const elements: CelValue[] = [];
  const list = celList(elements);
  growing.set(list, elements);
  return list;
}

function joinText(left: string, right: string): string {
  if (left.length + right.length > maxText) throw tooLong(left.length + right.length);
  return left + right;
}

function joinBytes(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length + right.length > maxText) throw tooLong(left.length + right.length);
  const joined = new Uint8Array(left.length + right.length);
  joined.set(left);
  joined.set(right, left.length);
  return joined;
}

function tooLong(length: number): Error {
  return new Error(`at most ${formatCount(maxText)} characters per text; got ${formatCount(length)}`);
}

/** Order by code points, as the specification has it. That of JavaScript puts what is beyond U+FFFF before U+E000. */
function compareText(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (a === b) continue;
    // Surrogates stand for code points above all others.
    const [aHigh, bHigh] = [a >= 0xd800 && a < 0xe000, b >= 0xd800 && b < 0xe000];
    return aHigh === bHigh ? a - b : aHigh ? 1 : -1;
  }
  return left.length - right.length;
}

/** Characters are code points. The engine copies the text to count them. */
function countCharacters(text: string): bigint {
  let count = 0;
  for (let index = 0; index < text.length; index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1) count += 1;
  return BigInt(count);
}

function matches(text: string, pattern: string): boolean {
  const compiled = compilePattern(pattern);
  spend(unitsOf(text.length * Math.max(1, compiled.programSize() / 2)));
  return compiled.test(text);
}

/** @throws Error unless the text is a whole number, optionally with a sign */
function wholeNumber(text: string): bigint {
  if (!/^[+-]?\d{1,40}$/.test(text)) throw new Error(`${shown(text)} is not a whole number`);
  return BigInt(text.startsWith("+") ? text.slice(1) : text);
}

function toInt(text: string): bigint {
  const number = wholeNumber(text);
  if (number !== BigInt.asIntN(64, number)) throw new Error(`${shown(text)} does not fit into 64 bits`);
  return number;
}

function toUint(text: string): CelUint {
  const number = wholeNumber(text);
  if (number !== BigInt.asUintN(64, number)) throw new Error(`${shown(text)} does not fit into 64 bits without a sign`);
  return celUint(number);
}

const wordNumbers = new Map([
  ["nan", Number.NaN],
  ["infinity", Infinity],
  ["inf", Infinity],
]);

function toDouble(text: string): number {
  const word = wordNumbers.get(text.toLowerCase().replace(/^[+-]/, ""));
  if (word !== undefined) return text.startsWith("-") ? -word : word;
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) throw new Error(`${shown(text)} is not a number`);
  return Number(text);
}

const shown = (text: string) => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Google's Timestamp for seconds since 1970. */
function fromSeconds(seconds: bigint): Timestamp {
  return timestamp(seconds, 0);
}

/** @throws Error outside of the years 1 to 9999, which CEL knows */
export function timestamp(seconds: bigint, nanos: number): Timestamp {
  if (seconds < -62_135_596_800n || seconds > 253_402_300_799n) throw new Error("times are in the years 1 to 9999");
  return { $typeName: "google.protobuf.Timestamp", seconds, nanos };
}

/** The message of a timestamp among CEL's values. */
export function timestampOf(value: unknown): Timestamp {
  return (value as { message: Timestamp }).message;
}

function dateOf(value: unknown): Date {
  const { seconds, nanos } = timestampOf(value);
  return new Date(Number(seconds) * 1000 + Math.floor(nanos / 1_000_000));
}

function textOrder(name: string, holds: (order: number) => boolean): CelFunc {
  return celFunc(name, [STRING, STRING], BOOL, (left, right) => holds(compareText(left, right)));
}

/**
 * What replaces functions of @bufbuild/cel 0.6.1: those that depend on the process's time zone, that take more than the specification allows
 * (int("") is 0, double("x") is NaN, timestamp(1) is a millisecond), that take quadratic time, or that compile a pattern at each call. And
 * the internal ones.
 */
export const functions: CelFunc[] = [
  textOrder("_<_", (order) => order < 0),
  textOrder("_<=_", (order) => order <= 0),
  textOrder("_>_", (order) => order > 0),
  textOrder("_>=_", (order) => order >= 0),
  celFunc("_+_", [STRING, STRING], STRING, joinText),
  celFunc("_+_", [BYTES, BYTES], BYTES, joinBytes),
  celFunc("_+_", [LIST, LIST], LIST, concatenate),
  celFunc("size", [STRING], INT, countCharacters),
  celMethod("size", STRING, [], INT, function () {
    return countCharacters(this);
  }),
  celFunc("int", [STRING], INT, toInt),
  celFunc("uint", [STRING], UINT, toUint),
  celFunc("double", [STRING], DOUBLE, toDouble),
  celFunc("timestamp", [INT], TIMESTAMP, fromSeconds),
  celMethod("matches", STRING, [STRING], BOOL, function (pattern) {
    return matches(this, pattern);
  }),
  ...Object.entries(timeParts).flatMap(([name, part]) => [
    celMethod(name, TIMESTAMP, [], INT, function () {
      return BigInt(part(dateOf(this)));
    }),
    celMethod(name, TIMESTAMP, [STRING], INT, function (zone) {
      return BigInt(part(wallClock(dateOf(this), zone)));
    }),
  ]),
  celFunc(internal.read, [DYN], DYN, read),
  celFunc(internal.value, [DYN], DYN, (value) => {
    if (value === null) throw new Error(nullOperand);
    return read(value);
  }),
  celFunc(internal.go, [DYN, INT], DYN, (condition, units) => {
    spend(Number(units));
    return condition;
  }),
  celFunc(internal.list, [], LIST, newList),
  celFunc(internal.append, [LIST, DYN], LIST, append),
];
