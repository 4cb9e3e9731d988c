import type { FeatureType, ScalarType, ScalarValue, StoreValue } from "#server/develop/features/contract.ts";
import { elementTypeOf } from "#server/develop/features/values/convert-value.ts";

const absoluteTolerance = 1e-6;
const relativeTolerance = 1e-4;

/**
 * Returns whether a served value equals the recomputed one (docs/spec/features.md section 18.2): the same null state, equal categories and times,
 * and numbers within max(1e-6, 1e-4·|recomputed|). Lists, maps and JSON are compared element by element. Both are of the feature's type
 * already; an empty list is null, as look-ups answer it.
 */
export function areEqualValues(type: FeatureType, served: StoreValue, recomputed: StoreValue): boolean {
  const [a, b] = [withoutEmpty(served), withoutEmpty(recomputed)];
  if (a === null || b === null) return a === b;
  const element = elementTypeOf(type);
  if (element === undefined) return areEqualScalars(type as ScalarType, a as ScalarValue, b as ScalarValue);
  const [left, right] = [a as readonly ScalarValue[], b as readonly ScalarValue[]];
  return (
    left.length === right.length &&
    left.every((value, index) => areEqualScalars(element, value, right[index] as ScalarValue))
  );
}

/** Returns a value as look-ups answer it: an empty list is no value for clients of Feast. */
export function withoutEmpty(value: StoreValue): StoreValue {
  return Array.isArray(value) && value.length === 0 ? null : value;
}

/** Returns a number whose distance from another makes sense; undefined for any other value. */
export function finiteNumber(type: FeatureType, value: StoreValue): number | undefined {
  if (type !== "int32" && type !== "int64" && type !== "float32" && type !== "float64") return undefined;
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function areEqualScalars(type: ScalarType, a: ScalarValue, b: ScalarValue): boolean {
  switch (type) {
    case "int32":
    case "float32":
    case "float64":
      return areEqualNumbers(Number(a), Number(b));
    case "int64":
      // Exact where a double is not: the difference of two large integers is small.
      return a === b || areNear(Number(BigInt(a as bigint) - BigInt(b as bigint)), Number(b));
    case "bytes":
      return Buffer.compare(a as Uint8Array, b as Uint8Array) === 0;
    case "json":
    case "map":
      return areEqualJson(parsed(a as string), parsed(b as string));
    default:
      return a === b;
  }
}

function areEqualNumbers(a: number, b: number): boolean {
  return Object.is(a, b) || areNear(a - b, b);
}

/** NaN, which infinities give, is near nothing. */
function areNear(difference: number, recomputed: number): boolean {
  return (
    Number.isFinite(difference) &&
    Math.abs(difference) <= Math.max(absoluteTolerance, relativeTolerance * Math.abs(recomputed))
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function areEqualJson(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number") return areEqualNumbers(a, b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return (
    left.size === right.size &&
    [...left].every(([name, value]) => right.has(name) && areEqualJson(value, right.get(name)))
  );
}
