import { type NumericData, type Tensor, tensorTypes } from "../tensor/tensor.ts";
import { checkValue, clipValue } from "./check-value.ts";
import { fieldName } from "./constants.ts";
import type { FieldContract, FieldPolicy, ViolationKind } from "./contract.ts";
import { policyOf, shownValue, type Violation, violationOf } from "./violation.ts";

type Value = number | string;

/**
 * Compares tensors with the contract of their fields and clips values in place where the contract says so. Each kind of violation of a
 * field is reported once, for its first value. Fields of inputs that are absent are not reported.
 * @param known violations found before, whose values are not reported again: what was missing and is NaN or empty now.
 */
export function checkInputs(
  tensors: readonly Tensor[],
  fields: readonly FieldContract[],
  known: readonly Violation[] = [],
): Violation[] {
  const missing = new Set(known.filter(({ kind }) => kind === "missing").map(({ field }) => field));
  return fields.flatMap((field) => {
    const tensor = tensors.find(({ name }) => name === field.input);
    return tensor ? checkField(tensor, field, missing.has(fieldName(field))) : [];
  });
}

function checkField(tensor: Tensor, field: FieldContract, hasGaps: boolean): Violation[] {
  const { datatype } = tensor;
  if (field.type !== null && (field.type === "text") !== (datatype === "BYTES")) {
    const policy = field.onOutside === "flag" ? "flag" : "reject";
    return [violationOf(field, { kind: "type", policy, got: datatype })];
  }
  const found = new Map<ViolationKind, Violation>();
  const elements = elementsOf(tensor);
  const width = Math.max(1, tensor.shape.at(-1) ?? 1);
  if (field.column !== null && field.column >= width) {
    const got = `${width} column${width > 1 ? "s" : ""}`;
    return [violationOf(field, { kind: "missing", policy: "reject", got })];
  }
  const [start, step] = field.column === null ? [0, 1] : [field.column, width];
  for (let index = start; index < elements.length; index += step) {
    const value = elements.get(index);
    const kind = checkValue(value, field);
    if (kind === undefined || (hasGaps && (value === "" || Number.isNaN(value)))) continue;
    const policy = settle(elements, index, field, kind, value);
    if (found.has(kind) && policy !== "reject") continue;
    const location = elements.length > 1 ? `, row ${Math.floor(index / width)}` : "";
    found.set(kind, violationOf(field, { kind, policy, got: shownValue(value), location }));
    if (policy === "reject") break;
  }
  return [...found.values()];
}

/** Applies the policy to one value. @returns the outcome: a value that cannot be clipped is rejected. */
function settle(
  elements: Elements,
  index: number,
  field: FieldContract,
  kind: ViolationKind,
  value: Value,
): FieldPolicy {
  const policy = policyOf(field, kind);
  if (policy !== "clip") return policy;
  const clipped = clipValue(value, kind, field);
  return clipped !== undefined && elements.set(index, clipped) ? "clip" : "reject";
}

/** The elements of any tensor as plain values, read and written in place. */
interface Elements {
  length: number;
  get(index: number): Value;
  /** @returns false when the tensor cannot hold the value. */
  set(index: number, value: Value): boolean;
}

function elementsOf({ datatype, data }: Tensor): Elements {
  if (Array.isArray(data)) {
    const set = (index: number, value: Value) => {
      if (typeof value === "string") data[index] = value;
      return typeof value === "string";
    };
    return { length: data.length, get: (index) => data[index] as string, set };
  }
  const numbers = datatype === "FP16" ? new Float16Array(data.buffer, data.byteOffset, data.length) : data;
  const isLong = datatype === "INT64" || datatype === "UINT64";
  const isFloat = tensorTypes[datatype].runtimeName.startsWith("float");
  return {
    length: numbers.length,
    get: (index) => Number(numbers[index]),
    set: (index, value) => {
      if (typeof value === "string" || !(isFloat || Number.isInteger(value))) return false;
      (numbers as NumericData)[index] = isLong ? BigInt(value) : value;
      return true;
    },
  };
}
