import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { fieldsOf, firstValues } from "../tensors/fields.ts";
import { type RequestInput, toRequest } from "./request.ts";

/** Returns a request with the model's own examples; undefined if an input has none. */
export function exampleRequest(
  signature: Pick<Signature, "inputs" | "metadata">,
): { inputs: RequestInput[] } | undefined {
  const request = toRequest(signature.inputs, firstValues(fieldsOf(signature)));
  return request.inputs.length === signature.inputs.length ? request : undefined;
}
