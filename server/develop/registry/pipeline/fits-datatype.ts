import type { Datatype } from "../onnx/contract.ts";

/** Whether a column or an input can hold a value. No text has U+0000, at which ONNX Runtime would cut it. */
export function fitsDatatype(value: number | string | boolean, datatype: Datatype): boolean {
  if (datatype === "BYTES") return typeof value === "string" && !value.includes("\0");
  if (datatype === "BOOL") return typeof value === "boolean";
  if (typeof value !== "number") return false;
  if (datatype === "INT32") return Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
  if (datatype === "INT64") return Number.isSafeInteger(value);
  return Number.isFinite(datatype === "FP32" ? Math.fround(value) : value);
}
