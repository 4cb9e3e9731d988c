import type { Signature, TensorSpec } from "../onnx/contract.ts";

/** What a pipeline has to fit. */
export type Target = Pick<Signature, "inputs" | "outputs" | "labels">;

/** A shape as the protocol writes it: [-1,4]. */
export function shown(shape: readonly (number | string)[]): string {
  return `[${shape.map((size) => (typeof size === "string" ? -1 : size)).join(",")}]`;
}

/** The names of what there is, for a message. */
export function listed(specs: readonly TensorSpec[]): string {
  return specs.map(({ name }) => `"${name}"`).join(", ");
}
