import { formatNumber } from "#components/ui/format.ts";
import { groupThousands } from "#server/base/text/group-thousands.ts";
import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";

export type Datatype = TensorSpec["datatype"];

/** Input of a version: a tensor of the model, or an input of its pipeline. */
export interface InputSpec extends TensorSpec {
  /** Picture files, as base64. */
  file?: { isGrey: boolean };
}

/** One element as the Open Inference Protocol writes it in JSON; 64-bit integers that a number cannot hold are text. */
export type Element = number | string | boolean;

/** Elements of one input in row-major order. */
export interface InputValue {
  shape: number[];
  data: Element[];
}

export type Values = Record<string, InputValue>;

const integerBits: Partial<Record<Datatype, { bits: bigint; signed: boolean }>> = {
  UINT8: { bits: 8n, signed: false },
  UINT16: { bits: 16n, signed: false },
  UINT32: { bits: 32n, signed: false },
  UINT64: { bits: 64n, signed: false },
  INT8: { bits: 8n, signed: true },
  INT16: { bits: 16n, signed: true },
  INT32: { bits: 32n, signed: true },
  INT64: { bits: 64n, signed: true },
};

const largest: Partial<Record<Datatype, number>> = { FP16: 65_504, FP32: 3.4028235e38 };
const notFinite = new Set(["NaN", "Infinity", "-Infinity"]);

/** Returns the minimum and maximum of an integer type. */
export function integerLimits(datatype: Datatype): { least: bigint; most: bigint } | undefined {
  const type = integerBits[datatype];
  if (!type) return undefined;
  return type.signed
    ? { least: -(1n << (type.bits - 1n)), most: (1n << (type.bits - 1n)) - 1n }
    : { least: 0n, most: (1n << type.bits) - 1n };
}

export function isNumeric(datatype: Datatype): boolean {
  return datatype !== "BYTES" && datatype !== "BOOL";
}

/** Describes why an element cannot be sent as `datatype`, in a sentence with the limit; undefined if it can. */
export function problemOfElement(datatype: Datatype, element: unknown): string | undefined {
  if (datatype === "BYTES") {
    if (typeof element !== "string") return "Enter text.";
    return element.includes("\0") ? "Text cannot contain the character U+0000." : undefined;
  }
  if (datatype === "BOOL") {
    return typeof element === "boolean" || element === 0 || element === 1 ? undefined : "Enter true or false.";
  }
  const limits = integerLimits(datatype);
  return limits ? problemOfInteger(element, limits) : problemOfFloat(datatype, element);
}

function problemOfInteger(element: unknown, { least, most }: { least: bigint; most: bigint }): string | undefined {
  const integer = toBigInt(element);
  if (integer === undefined) return "Enter an integer.";
  if (typeof element === "number" && !Number.isSafeInteger(element)) {
    return 'Numbers this large lose precision: enter it in quotes, for example "9007199254740993".';
  }
  if (integer < least) return `Must be at least ${formatInteger(least)}, the minimum of this type.`;
  if (integer > most) return `Must be at most ${formatInteger(most)}, the maximum of this type.`;
  return undefined;
}

function problemOfFloat(datatype: Datatype, element: unknown): string | undefined {
  if (typeof element === "string" && notFinite.has(element)) return undefined;
  if (typeof element !== "number" || !Number.isFinite(element)) return "Enter a number.";
  const most = largest[datatype];
  return most && Math.abs(element) > most
    ? `The absolute value must be at most ${formatNumber(most)}, the limit of this type.`
    : undefined;
}

function toBigInt(element: unknown): bigint | undefined {
  if (typeof element === "number" && Number.isInteger(element)) return BigInt(element);
  if (typeof element === "string" && /^-?\d{1,20}$/.test(element)) return BigInt(element);
  return undefined;
}

function formatInteger(value: bigint): string {
  return value < 0n ? `\u2212${groupThousands((-value).toString())}` : groupThousands(value.toString());
}

/** Parses an element entered by the user: a number if the type is numeric, else the text itself. */
export function readElement(datatype: Datatype, text: string): { element: Element } | { problem: string } {
  const element = toElement(datatype, text);
  const problem = element === undefined ? wanted(datatype) : problemOfElement(datatype, element);
  return problem !== undefined || element === undefined ? { problem: problem ?? wanted(datatype) } : { element };
}

function toElement(datatype: Datatype, text: string): Element | undefined {
  if (datatype === "BYTES") return text;
  const trimmed = text.trim().replace("\u2212", "-");
  if (datatype === "BOOL") return { true: true, "1": true, false: false, "0": false }[trimmed.toLowerCase()];
  if (trimmed === "") return undefined;
  if (notFinite.has(trimmed)) return trimmed;
  const number = Number(trimmed);
  if (Number.isNaN(number)) return undefined;
  return integerLimits(datatype) && !Number.isSafeInteger(number) ? trimmed : number;
}

function wanted(datatype: Datatype): string {
  if (datatype === "BOOL") return "Enter true or false.";
  return integerLimits(datatype) ? "Enter an integer." : "Enter a number.";
}

/** Counts the elements of all inputs. */
export function countElements(values: Values): number {
  return Object.values(values).reduce((sum, { data }) => sum + data.length, 0);
}

/** Returns whether both have identical values for every input. */
export function areSame(a: Values, b: Values): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
}
