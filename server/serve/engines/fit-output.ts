import { DomainError } from "#server/base/errors.ts";
import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * Reshapes an engine's output to the version's signature: a last dimension of 1 is added or removed, nothing else changes.
 * @throws DomainError "invalid" when it has another rank or another fixed size
 */
export function fitOutput(tensor: Tensor, spec: TensorSpec["shape"]): Tensor {
  const shape = withRank(tensor.shape, spec.length);
  const fits =
    shape.length === spec.length && spec.every((size, axis) => typeof size === "string" || size === shape[axis]);
  if (fits) return { ...tensor, shape };
  const wanted = spec.map((size) => (typeof size === "string" ? -1 : size));
  throw new DomainError("invalid", `the output '${tensor.name}' has the shape [${tensor.shape}], not [${wanted}]`);
}

function withRank(shape: number[], rank: number): number[] {
  if (shape.length === rank + 1 && shape.at(-1) === 1) return shape.slice(0, -1);
  return shape.length === rank - 1 ? [...shape, 1] : shape;
}
