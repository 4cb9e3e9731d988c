import type { Question } from "./ask.ts";

/** A tensor in JSON; its shape is the number of its elements unless told otherwise. */
export const tensor = (name: string, datatype: string, data: unknown[], shape: unknown = [data.length]) => ({
  name,
  shape,
  datatype,
  data,
});

/** A tensor whose bytes follow the JSON. */
export const binaryTensor = (name: string, datatype: string, shape: number[], size: number) => ({
  name,
  shape,
  datatype,
  parameters: { binary_data_size: size },
});

/** One row for `mlp`. */
export const row = tensor("x", "FP32", [1, 2, 3, 4], [1, 4]);

/** JSON and the bytes behind it, as tritonclient sends them. */
export function withTail(json: object | string, hex: string): { body: Buffer; headers: Question["headers"] } {
  const head = Buffer.from(typeof json === "string" ? json : JSON.stringify(json));
  const body = Buffer.concat([head, Buffer.from(hex.replaceAll(" ", ""), "hex")]);
  return { body, headers: { "inference-header-content-length": String(head.length) } };
}
