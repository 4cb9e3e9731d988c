import { datatypes } from "#server/develop/registry/onnx/contract.ts";
import type { LoggedTensor } from "../protocol/contract.ts";
import { decodeJson } from "../protocol/decode-json.ts";
import { readHalves } from "../protocol/halves.ts";
import { elementCount, type Tensor } from "../tensor/tensor.ts";

/** Restores a logged tensor; an empty list when its elements were not stored. @throws DomainError "invalid" for elements of another type */
export function fromLogged({ name, datatype, shape, data }: LoggedTensor): Tensor[] {
  const known = datatypes.find((each) => each === datatype);
  if (!known || !data) return [];
  const count = elementCount(shape);
  const read = known === "FP16" ? readHalves(name, data, count) : decodeJson(name, known, data, count);
  return [{ name, datatype: known, shape, data: read }];
}
