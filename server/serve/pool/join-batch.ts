import { elementCount, type NumericData, type Tensor, type TensorData, tensorTypes } from "../tensor/tensor.ts";

/**
 * Returns the key that requests of a batch have in common: names, datatypes and shapes without the first dimension, in order, and
 * the outputs. Undefined when the inputs have no common number of rows.
 */
export function batchKey(tensors: readonly Tensor[], outputs: readonly string[]): string | undefined {
  const rows = tensors[0]?.shape[0];
  if (!rows) return undefined;
  let key = outputs.join("\0");
  for (const { name, datatype, shape } of tensors) {
    if (shape[0] !== rows) return undefined;
    key += `\n${name}\0${datatype}`;
    for (let axis = 1; axis < shape.length; axis += 1) key += `,${shape[axis]}`;
  }
  return key;
}

/** Joins several requests with the same key into one, row after row, in separate buffers. */
export function joinRequests(requests: readonly Tensor[][]): Tensor[] {
  const [first = []] = requests;
  return first.map(({ name, datatype, shape: [, ...rest] }, index) => {
    const parts = requests.map((tensors) => tensors[index] as Tensor);
    const rows = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
    return { name, datatype, shape: [rows, ...rest], data: joinData(parts) };
  });
}

function joinData(parts: readonly Tensor[]): TensorData {
  const [first] = parts as [Tensor, ...Tensor[]];
  if (Array.isArray(first.data)) return parts.flatMap(({ data }) => data as string[]);
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  const joined = tensorTypes[first.datatype].allocate(length) as NumericData;
  let offset = 0;
  for (const { data } of parts) {
    joined.set(data as never, offset);
    offset += data.length;
  }
  return joined;
}

/**
 * Splits the outputs of a batch into those of each request, as views of the same buffers.
 * @param rows of each request, in the order in which they were joined
 * @throws Error when an output does not have a row for each row of the inputs
 */
export function splitOutputs(outputs: readonly Tensor[], rows: readonly number[]): Tensor[][] {
  const total = rows.reduce((sum, count) => sum + count, 0);
  for (const { name, shape } of outputs) {
    if (shape[0] !== total) throw new Error(`Output '${name}' has ${shape[0]} rows for ${total} rows of input.`);
  }
  let from = 0;
  return rows.map((count) => {
    const start = from;
    from += count;
    return outputs.map(({ name, datatype, shape: [, ...rest], data }) => {
      const perRow = elementCount(rest);
      const [first, end] = [start * perRow, (start + count) * perRow];
      const part = Array.isArray(data) ? data.slice(first, end) : (data.subarray(first, end) as NumericData);
      return { name, datatype, shape: [count, ...rest], data: part };
    });
  });
}
