import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";

/** Whether the first dimension of every input and output is free: it then counts the rows of a batch. */
export function hasBatchDimension({ inputs, outputs }: Signature): boolean {
  return inputs.every(isFree) && outputs.every(isFree);
}

function isFree({ shape }: TensorSpec): boolean {
  return typeof shape[0] === "string";
}
