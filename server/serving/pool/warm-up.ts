import type { Signature } from "#server/registry/contract.ts";
import { elementCount, type Tensor, tensorTypes } from "../tensor.ts";

/** Inputs of zeros (or empty text) that fit a signature; every symbolic dimension is 1. */
export function syntheticInputs(signature: Signature): Tensor[] {
  return signature.inputs.map(({ name, datatype, shape }) => {
    const concrete = shape.map((dimension) => (typeof dimension === "number" ? dimension : 1));
    return { name, datatype, shape: concrete, data: tensorTypes[datatype].allocate(elementCount(concrete)) };
  });
}

/** Whether the only dimension that is not fixed is the first: then zeros must run, and a failure is the model's. */
export function syntheticInputsMustRun(signature: Signature): boolean {
  return signature.inputs.every(({ shape }) => shape.slice(1).every((dimension) => typeof dimension === "number"));
}
