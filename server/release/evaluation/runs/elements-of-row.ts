import type { Tensor } from "#server/serve/tensor/tensor.ts";

/** Returns the elements of one row of an output. @throws Error for an output that was not returned */
export function elementsOfRow(tensors: readonly Tensor[], name: string, row: number, rows: number): Tensor["data"] {
  const tensor = tensors.find((one) => one.name === name);
  if (!tensor) throw new Error(`The version returned no output "${name}".`);
  const width = tensor.data.length / rows;
  return tensor.data.slice(row * width, (row + 1) * width);
}

/** Returns the numbers of one row of an output. @throws Error for an output that was not returned */
export function numbersOfRow(tensors: readonly Tensor[], name: string, row: number, rows: number): number[] {
  const data = elementsOfRow(tensors, name, row, rows);
  const isHalf = tensors.find((one) => one.name === name)?.datatype === "FP16";
  if (isHalf && data instanceof Uint16Array)
    return Array.from(new Float16Array(data.buffer, data.byteOffset, data.length));
  return Array.from(data as ArrayLike<number | bigint | string>, Number);
}
