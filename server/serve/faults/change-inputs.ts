import { DomainError } from "#server/base/errors.ts";
import { type Datatype, datatypes } from "#server/develop/registry/onnx/contract.ts";
import { decodeBinary, encodeBinary } from "../protocol/binary.ts";
import { deepestNesting } from "../protocol/decode-json.ts";
import type { InferRequest, InputPart } from "../protocol/infer-request.ts";
import { elementCount, type NumericData, type Tensor, tensorTypes } from "../tensor/tensor.ts";
import type { Fault } from "./contract.ts";

type InputFault = Extract<Fault, { kind: "dropped-feature" | "shifted-input" }>;

/** The input that a fault is about: a complete one, or one column of it. */
interface Place {
  index: number;
  part: InputPart;
  datatype: Datatype;
  /** Position of its bytes in the tail. */
  start: number;
  end: number;
  /** Index in the last dimension; undefined for the complete input. */
  column: number | undefined;
}

/**
 * Changes the inputs of a request as a fault says, before anything is validated. A column of a tensor cannot be absent, so a dropped one has no values
 * instead. @returns undefined if nothing changes: the request has no such input, or no such value, or cannot be read anyway
 */
export function changeInputs(request: InferRequest, fault: InputFault): InferRequest | undefined {
  const place = findPlace(request, fault.feature);
  if (!place) return undefined;
  const isDropped = fault.kind === "dropped-feature";
  if (isDropped && fault.as === "missing" && place.column === undefined) return without(request, place);
  const elements = readElements(request, place);
  if (!elements) return undefined;
  const width = Math.max(1, place.part.shape.at(-1) ?? 1);
  const change = isDropped ? () => null : (element: unknown) => shifted(element, place.datatype, fault.change);
  const changed = elements.map((element, index) =>
    place.column === undefined || index % width === place.column ? change(element) : element,
  );
  if (changed.every((element, index) => Object.is(element, elements[index]))) return undefined;
  return withElements(request, place, changed);
}

/** Finds a feature as monitoring names it: "amount" is an input, and "x[2]" is a column of the input "x". */
function findPlace({ inputs, tail }: InferRequest, feature: string): Place | undefined {
  const [, input, column] = /^(.+)\[(\d+)\]$/.exec(feature) ?? [];
  const isWhole = inputs.some(({ name }) => name === feature);
  const index = inputs.findIndex(({ name }) => name === (isWhole ? feature : input));
  const part = inputs[index];
  const datatype = datatypes.find((one) => one === part?.datatype);
  if (!part || !datatype) return undefined;
  const start = inputs.slice(0, index).reduce((sum, { binarySize = 0 }) => sum + binarySize, 0);
  const end = start + (part.binarySize ?? 0);
  if (end > tail.length) return undefined;
  const place = { index, part, datatype, start, end };
  if (isWhole) return { ...place, column: undefined };
  return Number(column) < (part.shape.at(-1) ?? 0) ? { ...place, column: Number(column) } : undefined;
}

function without(request: InferRequest, { part, start, end }: Place): InferRequest {
  return {
    ...request,
    inputs: request.inputs.filter((one) => one !== part),
    tail: Buffer.concat([request.tail.subarray(0, start), request.tail.subarray(end)]),
  };
}

function readElements({ tail }: InferRequest, { part, datatype, start, end }: Place): unknown[] | undefined {
  const { name, shape, data, binarySize } = part;
  if (binarySize === undefined) return Array.isArray(data) ? (data as unknown[]).flat(deepestNesting) : undefined;
  try {
    const decoded = decodeBinary(name, datatype, tail.subarray(start, end), elementCount(shape));
    if (datatype === "FP16" && !Array.isArray(decoded)) return Array.from(new Float16Array(decoded.buffer));
    return Array.from<unknown>(decoded);
  } catch (error) {
    // The usual validation says better what is wrong.
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

function withElements(request: InferRequest, place: Place, elements: unknown[]): InferRequest {
  const { index, part, datatype, start, end } = place;
  const { name, shape, binarySize } = part;
  // Only JSON has null. FP16 has no JSON form, so that NaN has to do.
  const isBinary = binarySize !== undefined && (datatype === "FP16" || !elements.includes(null));
  const bytes = isBinary
    ? encodeBinary({ name, datatype, shape, data: tensorData(datatype, elements) })
    : Buffer.alloc(0);
  const changed: InputPart = isBinary
    ? { ...part, binarySize: bytes.length }
    : { ...part, binarySize: undefined, data: elements.map(jsonElement) };
  return {
    ...request,
    inputs: request.inputs.with(index, changed),
    tail: Buffer.concat([request.tail.subarray(0, start), bytes, request.tail.subarray(end)]),
  };
}

function tensorData(datatype: Datatype, elements: readonly unknown[]): Tensor["data"] {
  if (datatype === "BYTES") return elements.map(String);
  if (datatype === "FP16") {
    return new Uint16Array(
      Float16Array.from(elements, (element) => (element === null ? Number.NaN : Number(element))).buffer,
    );
  }
  const data = tensorTypes[datatype].allocate(elements.length) as NumericData;
  for (const [index, element] of elements.entries()) data[index] = element as number;
  return data;
}

/** Returns an element as JSON has it: long integers and what is not finite are text. */
function jsonElement(element: unknown): unknown {
  const isText = typeof element === "bigint" || (typeof element === "number" && !Number.isFinite(element));
  return isText ? String(element) : element;
}

/** Range of each numeric type, as far as JavaScript's numbers are exact. */
const ranges: Partial<Record<Datatype, readonly [number, number]>> = {
  UINT8: [0, 0xff],
  UINT16: [0, 0xffff],
  UINT32: [0, 0xffff_ffff],
  UINT64: [0, Number.MAX_SAFE_INTEGER],
  INT8: [-0x80, 0x7f],
  INT16: [-0x8000, 0x7fff],
  INT32: [-0x8000_0000, 0x7fff_ffff],
  INT64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  FP16: [-65504, 65504],
  FP32: [-3.4028234663852886e38, 3.4028234663852886e38],
  FP64: [-Number.MAX_VALUE, Number.MAX_VALUE],
};

function shifted(
  element: unknown,
  datatype: Datatype,
  change: Extract<InputFault, { kind: "shifted-input" }>["change"],
): unknown {
  if ("swap" in change) {
    const [one, other] = change.swap;
    if (datatype !== "BYTES") return element;
    return element === one ? other : element === other ? one : element;
  }
  const range = ranges[datatype];
  const number = numberOf(element);
  if (!range || number === undefined) return element;
  const exact = change.scale * number + change.offset;
  const rounded = datatype.startsWith("FP") ? exact : Math.round(exact);
  // Values that the type does not have would be refused, which is another fault.
  const moved = Math.min(range[1], Math.max(range[0], rounded));
  return typeof element === "bigint" ? BigInt(moved) : moved;
}

/** Returns a finite number; JSON has long integers as text. */
function numberOf(element: unknown): number | undefined {
  const isNumber =
    typeof element === "number" ||
    typeof element === "bigint" ||
    (typeof element === "string" && /^-?\d{1,20}$/.test(element));
  const number = isNumber ? Number(element) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}
