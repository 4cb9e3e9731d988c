import type { Datatype } from "#server/develop/registry/onnx/contract.ts";
import { type NumericData, type TensorData, tensorTypes } from "../tensor/tensor.ts";
import { refuse } from "./refuse.ts";

/** Maximum number of arrays around an element of `data`. */
export const deepestNesting = 100;

/**
 * Reads the JSON `data` of a tensor: flat or nested in any way, row-major, with exactly `count` elements.
 * docs/spec/open-inference-protocol.md section 7: no fractions or wrap-around for integers, decimal strings for 64-bit ones, "NaN" and
 * "Infinity" as strings, no null, no FP16. @throws DomainError "invalid"
 */
export function decodeJson(name: string, datatype: Datatype, data: unknown, count: number): TensorData {
  if (!Array.isArray(data)) refuse(`input '${name}': 'data' must be an array`);
  if (datatype === "FP16") refuse(`input '${name}': FP16 cannot be sent as JSON, use binary data`);
  const elements = flatten(data, count);
  if (elements.length !== count) refuse(`input '${name}': the shape needs ${count} elements, got ${elements.length}`);
  if (datatype === "FP32") return fillFloats(new Float32Array(count), elements, name, datatype);
  if (datatype === "FP64") return fillFloats(new Float64Array(count), elements, name, datatype);
  const element = readers[datatype];
  if (datatype === "BYTES")
    return elements.map((value, index) => (element(value) as string) ?? wrong(name, index, datatype));
  const target = tensorTypes[datatype].allocate(count) as NumericData;
  for (let index = 0; index < count; index += 1) {
    target[index] = (element(elements[index]) as number) ?? wrong(name, index, datatype);
  }
  return target;
}

/**
 * Fills an array of floats in a specialised loop, which covers nearly all requests: 20 times as fast as calling a reader for each
 * element.
 */
function fillFloats<Target extends Float32Array | Float64Array>(
  target: Target,
  elements: unknown[],
  name: string,
  datatype: "FP32" | "FP64",
): Target {
  for (let index = 0; index < elements.length; index += 1) {
    const value = elements[index];
    const number = typeof value === "number" ? value : specialFloats.get(value as string);
    if (number === undefined) wrong(name, index, datatype);
    target[index] = number as number;
    // A finite number that became infinite was too large for the type; JSON.parse makes 1e999 infinite itself.
    if (typeof value === "number" && !Number.isFinite(target[index])) wrong(name, index, datatype);
  }
  return target;
}

const specialFloats = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

function wrong(name: string, index: number, datatype: Datatype): never {
  return refuse(
    `input '${name}': element ${index} is not ${expected[datatype] ?? `an integer in the range of ${datatype}`}`,
  );
}

/** Reads the value of one element; undefined when it does not belong to the datatype. */
type Reader = (value: unknown) => number | bigint | string | undefined;

const readers: Record<Datatype, Reader> = {
  BOOL: (value) => (value === true || value === 1 ? 1 : value === false || value === 0 ? 0 : undefined),
  UINT8: integer(0, 0xff),
  UINT16: integer(0, 0xffff),
  UINT32: integer(0, 0xffff_ffff),
  INT8: integer(-0x80, 0x7f),
  INT16: integer(-0x8000, 0x7fff),
  INT32: integer(-0x8000_0000, 0x7fff_ffff),
  INT64: longInteger(-(2n ** 63n), 2n ** 63n - 1n),
  UINT64: longInteger(0n, 2n ** 64n - 1n),
  FP16: () => undefined,
  FP32: () => undefined,
  FP64: () => undefined,
  // ONNX Runtime's binding would cut the text at U+0000.
  BYTES: (value) => (typeof value === "string" && !value.includes("\0") ? value : undefined),
};

const expected: Partial<Record<Datatype, string>> = {
  BOOL: "true, false, 1 or 0",
  FP32: 'a number in the range of FP32, "NaN", "Infinity" or "-Infinity"',
  FP64: 'a number, "NaN", "Infinity" or "-Infinity"',
  BYTES: "a string without U+0000",
  INT64: "an exact integer in the range of INT64; send those above 2^53 as decimal strings or binary data",
  UINT64: "an exact integer in the range of UINT64; send those above 2^53 as decimal strings or binary data",
};

function integer(lowest: number, highest: number): Reader {
  return (value) =>
    Number.isInteger(value) && (value as number) >= lowest && (value as number) <= highest
      ? (value as number)
      : undefined;
}

function longInteger(lowest: bigint, highest: bigint): Reader {
  return (value) => {
    const isExact = Number.isSafeInteger(value) || (typeof value === "string" && /^-?\d{1,20}$/.test(value));
    if (!isExact) return undefined;
    const exact = BigInt(value as number | string);
    return exact >= lowest && exact <= highest ? exact : undefined;
  };
}

/** Returns the elements in order. */
function flatten(data: unknown[], count: number): unknown[] {
  if (data.length === count && !data.some(Array.isArray)) return data;
  const flat: unknown[] = [];
  const walk = (level: unknown[], depth: number): void => {
    if (depth > deepestNesting) refuse(`'data' is nested more than ${deepestNesting} levels deep`);
    for (const value of level) {
      if (Array.isArray(value)) walk(value, depth + 1);
      else flat.push(value);
    }
  };
  walk(data, 1);
  return flat;
}
