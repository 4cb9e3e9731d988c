import { DomainError } from "#server/base/errors.ts";
import { parsedObject } from "#server/base/parsed-json.ts";
import { decodeBinary, encodeBinary, jsonLengthHeader, splitBody } from "../protocol/binary.ts";
import { decodeJson } from "../protocol/decode-json.ts";
import { encodeJson } from "../protocol/encode-json.ts";
import { isObject, readJsonObject } from "../protocol/json-object.ts";
import { elementCount, type Tensor } from "../tensor/tensor.ts";

interface EngineRequest {
  tensors: readonly Tensor[];
  /** Names of the requested outputs. */
  outputs: readonly string[];
  isBinary: boolean;
  /** Time limit for engines that enforce it themselves; undefined omits it. */
  timeoutMs: number | undefined;
}

/** Encodes the body of an inference request to an engine, with its headers. */
export function encodeRequest({ tensors, outputs, isBinary, timeoutMs }: EngineRequest): {
  body: Buffer | string;
  headers: Record<string, string>;
} {
  const tail: Buffer[] = [];
  const inputs = tensors.map((tensor) => {
    const { name, datatype, shape } = tensor;
    const head = JSON.stringify({ name, datatype, shape }).slice(0, -1);
    if (!isBinary) return `${head},"data":${encodeJson(tensor)}}`;
    const bytes = encodeBinary(tensor);
    tail.push(bytes);
    return `${head},"parameters":{"binary_data_size":${bytes.length}}}`;
  });
  const wanted = outputs.map((name) => ({ name, ...(isBinary && { parameters: { binary_data: true } }) }));
  const parameters = timeoutMs === undefined ? "" : `"parameters":{"timeout":${Math.ceil(timeoutMs * 1000)}},`;
  const json = `{${parameters}"inputs":[${inputs.join(",")}],"outputs":${JSON.stringify(wanted)}}`;
  if (!isBinary) return { body: json, headers: { "content-type": "application/json" } };
  const first = Buffer.from(json, "utf8");
  const headers = { "content-type": "application/octet-stream", [jsonLengthHeader]: String(first.length) };
  return { body: Buffer.concat([first, ...tail]), headers };
}

/**
 * Reads the requested outputs from an engine's response, in the order in which they were requested.
 * @param jsonLength the header of a response with binary tensors
 * @throws DomainError "invalid" that describes the mistake in the response
 */
export function decodeInferResponse(
  body: Buffer,
  jsonLength: string | undefined,
  wanted: readonly Pick<Tensor, "name" | "datatype">[],
): Tensor[] {
  const { json = Buffer.alloc(0), tail } = splitBody(body, jsonLength);
  const { outputs } = readJsonObject(json);
  if (!Array.isArray(outputs)) throw new DomainError("invalid", "it has no list 'outputs'");
  const found = new Map<string, Tensor>();
  let offset = 0;
  for (const part of outputs as unknown[]) {
    if (!isObject(part) || typeof part.name !== "string") throw new DomainError("invalid", "an output has no name");
    const size = isObject(part.parameters) ? part.parameters.binary_data_size : undefined;
    const end = offset + (typeof size === "number" ? size : 0);
    const spec = wanted.find(({ name }) => name === part.name);
    if (spec) found.set(spec.name, readOutput(part, spec, size === undefined ? undefined : tail.subarray(offset, end)));
    offset = end;
  }
  return wanted.map(({ name }) => {
    const tensor = found.get(name);
    if (tensor) return tensor;
    const names = (outputs as { name: string }[]).map((output) => `'${output.name}'`).join(", ");
    throw new DomainError("invalid", `it has no output '${name}', but ${names || "none"}`);
  });
}

function readOutput(
  part: Record<string, unknown>,
  { name, datatype }: Pick<Tensor, "name" | "datatype">,
  bytes: Buffer | undefined,
): Tensor {
  if (part.datatype !== datatype) {
    throw new DomainError("invalid", `the output '${name}' is ${String(part.datatype)}, and should be ${datatype}`);
  }
  const { shape } = part;
  const isShape = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isShape) throw new DomainError("invalid", `the output '${name}' has no shape`);
  const count = elementCount(shape as number[]);
  const data = bytes ? decodeBinary(name, datatype, bytes, count) : decodeJson(name, datatype, part.data, count);
  return { name, datatype, shape: shape as number[], data };
}

/** Returns the message of an engine's error response: {"error": …} of the protocol, {"detail": …} of FastAPI, or the start of its text. */
export function refusalOf(body: Buffer): string {
  const text = body.subarray(0, 2000).toString("utf8");
  const { error, detail, message } = parsedObject(body.toString("utf8")) ?? {};
  const reason = error ?? detail ?? message;
  if (reason !== undefined) return (typeof reason === "string" ? reason : JSON.stringify(reason)).slice(0, 500);
  return text.replaceAll(/\s+/g, " ").trim().slice(0, 200) || "no reason given";
}
