import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { elementCount, type NumericData, type Tensor, tensorTypes } from "../tensor/tensor.ts";

/** Creates inputs of zeros (or empty text) that fit a signature; every symbolic dimension is 1. */
export function syntheticInputs(signature: Signature): Tensor[] {
  return signature.inputs.map(({ name, datatype, shape }) => {
    const concrete = concreteShape(shape);
    return { name, datatype, shape: concrete, data: tensorTypes[datatype].allocate(elementCount(concrete)) };
  });
}

/**
 * Creates inputs that differ between elements and between seeds, so that each row is visible in the outputs. Floats are between 0 and
 * 1, times a factor; integers are 0 or 1, which every vocabulary has; text is empty.
 */
export function madeUpInputs(signature: Signature, seed: number, factor = 1): Tensor[] {
  return syntheticInputs(signature).map((tensor) => {
    const { datatype, data } = tensor;
    if (Array.isArray(data)) return tensor;
    if (datatype === "FP16") fill(new Float16Array(data.buffer), (index) => fraction(index, seed) * factor);
    else if (datatype === "FP32" || datatype === "FP64") fill(data, (index) => fraction(index, seed) * factor);
    else if (datatype === "INT64" || datatype === "UINT64") fill(data, (index) => BigInt((index + seed) % 2));
    else fill(data, (index) => (index + seed) % 2);
    return tensor;
  });
}

/** Whether only the first dimension is free: then zeros must run, and a failure is the model's. */
export function syntheticInputsMustRun(signature: Signature): boolean {
  return signature.inputs.every(({ shape }) => shape.slice(1).every((dimension) => typeof dimension === "number"));
}

function concreteShape(shape: TensorSpec["shape"]): number[] {
  return shape.map((dimension) => (typeof dimension === "number" ? dimension : 1));
}

function fill(data: NumericData | Float16Array, element: (index: number) => number | bigint): void {
  for (let index = 0; index < data.length; index += 1) data[index] = element(index) as number;
}

/** Multiples of the golden ratio spread evenly between 0 and 1. */
function fraction(index: number, seed: number): number {
  return ((index + 1 + seed * 7919) * 0.6180339887498949) % 1;
}
