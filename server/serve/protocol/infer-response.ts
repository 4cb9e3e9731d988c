import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { hasBatchDimension } from "../tensor/batch-dimension.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { encodeBinary } from "./binary.ts";
import { classify } from "./classify.ts";
import { encodeJson } from "./encode-json.ts";
import type { OutputPart, Parameters } from "./infer-request.ts";

export interface InferResponse {
  id: string | undefined;
  modelName: string;
  modelVersion: string;
  parameters: Parameters;
  /** Outputs in the requested order. */
  tensors: Tensor[];
  outputs: OutputPart[];
  /** Signature of the version that served the request. */
  signature: Signature;
}

/**
 * Encodes the body of a successful response. @throws DomainError "invalid" for an output that is too large to classify
 * @returns `jsonLength` when binary tensors follow the JSON: the value of Inference-Header-Content-Length.
 */
export function encodeResponse(response: InferResponse): { body: Buffer | string; jsonLength: number | undefined } {
  const tail: Buffer[] = [];
  const isBatched = hasBatchDimension(response.signature);
  const outputs = response.tensors.map((output, index) => {
    const { isBinary, classes } = response.outputs[index] as OutputPart;
    const { labels } = response.signature;
    const tensor = classes === undefined ? output : classify(output, classes, isBatched, labels);
    const { name, datatype, shape } = tensor;
    const head = JSON.stringify({ name, datatype, shape }).slice(0, -1);
    if (!isBinary) return `${head},"data":${encodeJson(tensor)}}`;
    const bytes = encodeBinary(tensor);
    tail.push(bytes);
    return `${head},"parameters":{"binary_data_size":${bytes.length}}}`;
  });
  const { id, modelName, modelVersion, parameters } = response;
  const head = JSON.stringify({ ...(id && { id }), model_name: modelName, model_version: modelVersion, parameters });
  const json = `${head.slice(0, -1)},"outputs":[${outputs.join(",")}]}`;
  if (!response.outputs.some((output) => output.isBinary)) return { body: json, jsonLength: undefined };
  const first = Buffer.from(json, "utf8");
  return { body: Buffer.concat([first, ...tail]), jsonLength: first.length };
}
