import type { NumericData, Tensor } from "./tensor.ts";

/** Returns the elements in a range as numbers, the end exclusive. 64-bit integers lose digits above 2^53; text is not a number. */
export function numbersOf({ datatype, data }: Tensor, from = 0, to = data.length): number[] {
  if (Array.isArray(data)) return data.slice(from, to).map(Number);
  return Array.from(numericView(datatype, data).subarray(from, to) as ArrayLike<number | bigint>, Number);
}

/** Returns a view whose elements are read and written as numbers: half floats as such, not as their bits. */
export function numericView(datatype: Tensor["datatype"], data: NumericData) {
  return datatype === "FP16" ? new Float16Array(data.buffer, data.byteOffset, data.length) : data;
}
