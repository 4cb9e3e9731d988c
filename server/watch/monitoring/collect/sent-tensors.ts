import type { Datatype } from "#server/develop/registry/onnx/contract.ts";
import { decodeBinary } from "#server/serve/protocol/binary.ts";
import type { InferRequest } from "#server/serve/protocol/infer-request.ts";
import { elementCount } from "#server/serve/tensor/tensor.ts";
import type { GivenTensor } from "../features/contract.ts";

/**
 * Returns the tensors that a client sent, before the pipeline and before missing values were filled in: a JSON null stays null. The
 * request was served, so it is well-formed.
 * @param isWanted by the name of an input; the others are not read
 */
export function sentTensors({ inputs, tail }: InferRequest, isWanted: (name: string) => boolean): GivenTensor[] {
  const tensors: GivenTensor[] = [];
  let offset = 0;
  for (const { name, datatype, shape, data, binarySize } of inputs) {
    const start = offset;
    offset += binarySize ?? 0;
    if (!isWanted(name)) continue;
    if (binarySize === undefined)
      tensors.push({ name, datatype, data: flat(data as unknown[]) as GivenTensor["data"] });
    else {
      const bytes = tail.subarray(start, offset);
      tensors.push({ name, datatype, data: decodeBinary(name, datatype as Datatype, bytes, elementCount(shape)) });
    }
  }
  return tensors;
}

function flat(data: unknown[]): unknown[] {
  return Array.isArray(data[0]) ? (data.flat(Number.POSITIVE_INFINITY) as unknown[]) : data;
}
