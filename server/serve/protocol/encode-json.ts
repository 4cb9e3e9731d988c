import type { NumericData, Tensor } from "../tensor/tensor.ts";
import type { LoggedTensor } from "./contract.ts";

/**
 * Encodes a tensor's elements as flat JSON text. 64-bit integers keep all digits; NaN and infinities are strings, since JSON cannot
 * represent them. FP16 has no JSON form: the request is rejected before it runs.
 */
export function encodeJson({ datatype, data }: Tensor): string {
  if (Array.isArray(data)) return JSON.stringify(data);
  if (datatype === "BOOL")
    return `[${Array.from(data as Uint8Array, (value) => (value ? "true" : "false")).join(",")}]`;
  const text = data.join(",");
  // "N" of NaN and "I" of Infinity appear in no other number.
  return `[${/[NI]/.test(text) ? text.replaceAll(/-?Infinity|NaN/g, '"$&"') : text}]`;
}

/** Characters of text stored per element of the limit, since files may be sent as text. */
const charactersPerElement = 16;

/** Prepares a tensor for the prediction log; without data when there are more than `most` elements, or too much text. */
export function toLogged(tensor: Tensor, most: number): LoggedTensor {
  const { name, datatype, shape, data } = tensor;
  if (data.length > most || charactersOf(data) > most * charactersPerElement) return { name, datatype, shape };
  return { name, datatype, shape, data: Array.isArray(data) ? data : elementsOf(datatype, data) };
}

function charactersOf(data: Tensor["data"]): number {
  return Array.isArray(data) ? data.reduce((sum, text) => sum + text.length, 0) : 0;
}

function elementsOf(datatype: Tensor["datatype"], data: NumericData): (number | string | boolean)[] {
  if (datatype === "BOOL") return Array.from(data as Uint8Array, Boolean);
  if (datatype === "FP16")
    return elementsOf("FP32", new Float32Array(new Float16Array(data.buffer, data.byteOffset, data.length)));
  return Array.from(data as Iterable<number | bigint>, (value) => {
    const isPlain = typeof value === "number" ? Number.isFinite(value) : value >= -(2n ** 53n) && value <= 2n ** 53n;
    return isPlain ? Number(value) : String(value);
  });
}
