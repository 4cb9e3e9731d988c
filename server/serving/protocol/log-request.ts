import { datatypes } from "#server/registry/contract.ts";
import type { Datatype, LoggedTensor } from "../contract.ts";
import { elementCount } from "../tensor.ts";
import { readTensor } from "./bind-request.ts";
import { toLogged } from "./encode-json.ts";
import type { InferRequest } from "./infer-request.ts";

/**
 * The inputs of a request as they are kept in the prediction log, also of one that was refused: what does not fit its own
 * shape is kept without data. A tensor of more than `most` elements too.
 */
export function logRequest(request: InferRequest, most: number): LoggedTensor[] {
  let offset = 0;
  return request.inputs.map((part) => {
    const { name, datatype, shape, binarySize = 0 } = part;
    const bytes = request.tail.subarray(offset, offset + binarySize);
    offset += binarySize;
    const isKnown = (datatypes as readonly string[]).includes(datatype);
    if (!isKnown || elementCount(shape) > most) return { name, datatype, shape };
    try {
      return toLogged(readTensor(part, datatype as Datatype, bytes), most);
    } catch {
      return { name, datatype, shape };
    }
  });
}
