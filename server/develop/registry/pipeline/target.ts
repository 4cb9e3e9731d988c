import type { Signature, TensorSpec } from "../onnx/contract.ts";

/** Signature that a pipeline has to fit. */
export type Target = Pick<Signature, "inputs" | "outputs" | "labels">;

/** Formats a shape as in the protocol: [-1,4]. */
export function shown(shape: readonly (number | string)[]): string {
  return `[${shape.map((size) => (typeof size === "string" ? -1 : size)).join(",")}]`;
}

/** Lists the names of the tensors, for a message. */
export function listed(specs: readonly TensorSpec[]): string {
  return specs.map(({ name }) => `"${name}"`).join(", ");
}
