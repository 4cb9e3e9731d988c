import { describeValue } from "./describe-value.ts";
import { isObject, readJsonObject } from "./json-object.ts";
import { refuse } from "./refuse.ts";

/** Maximum product of the dimensions: the largest body, that of a task, holds no more elements. */
const maxElements = 2 ** 28;

export type Parameters = Record<string, string | number | boolean>;

export interface InputPart {
  name: string;
  datatype: string;
  shape: number[];
  /** JSON elements, or how many bytes of the tail. Exactly one of both. */
  data: unknown;
  binarySize: number | undefined;
  /** Encoding of bytes as text, such as "base64"; undefined when the client names none. */
  contentType?: string | undefined;
  parameters?: Parameters | undefined;
}

export interface OutputPart {
  name: string;
  isBinary: boolean;
  /** Number of highest classes to return instead of the values; undefined for the values. */
  classes?: number | undefined;
}

/** An inference request as it was sent, well-formed, but not yet compared with the model. */
export interface InferRequest {
  /** Undefined when absent or empty. */
  id: string | undefined;
  /** Milliseconds after which the response is no longer useful; undefined when the client set none. */
  timeoutMs: number | undefined;
  /** Requested level of priority, 1 being the highest; 0 when it requests none. */
  priority: number;
  inputs: InputPart[];
  /** Undefined: all, in the order of the model. */
  outputs: OutputPart[] | undefined;
  /** Whether outputs are returned in binary by default. */
  wantsBinary: boolean;
  /** Bytes of the binary inputs, one behind the other. */
  tail: Buffer;
  parameters?: Parameters | undefined;
}

/** Reads the JSON part of an inference request (docs/spec/open-inference-protocol.md section 6). @throws DomainError "invalid" */
export function readInferRequest(json: Buffer, tail: Buffer): InferRequest {
  if (json.length === 0) refuse("the body is empty; send a JSON object with 'inputs'");
  const body = readJsonObject(json);
  const parameters = readParameters(body.parameters, "the request");
  checkReserved(parameters);
  const wantsBinary = flag(parameters.binary_data_output, "binary_data_output") ?? false;
  if (body.id !== undefined && typeof body.id !== "string") refuse("'id' must be a string");
  if (typeof body.id === "string" && !body.id.isWellFormed())
    refuse("'id' must be well-formed Unicode; it has an unpaired surrogate");
  if (!Array.isArray(body.inputs) || body.inputs.length === 0)
    refuse("'inputs' must be an array with at least one input");
  if (body.outputs !== undefined && !Array.isArray(body.outputs)) refuse("'outputs' must be an array");
  const outputs = ((body.outputs ?? []) as unknown[]).map((output) => readOutput(output, wantsBinary));
  return {
    id: (body.id as string | undefined) || undefined,
    timeoutMs: readTimeout(parameters.timeout),
    priority: integer(parameters.priority ?? 0, "priority", 0),
    inputs: (body.inputs as unknown[]).map(readInput),
    outputs: outputs.length > 0 ? outputs : undefined,
    wantsBinary,
    tail,
    parameters: body.parameters === undefined ? undefined : parameters,
  };
}

function readInput(part: unknown, index: number): InputPart {
  if (!isObject(part)) return refuse(`input ${index} must be an object`);
  const { name, datatype, shape } = part;
  if (typeof name !== "string") return refuse(`input ${index}: 'name' must be a string`);
  if (typeof datatype !== "string") return refuse(`input '${name}': 'datatype' must be a string`);
  const parameters = readParameters(part.parameters, `input '${name}'`);
  refuseSharedMemory(parameters);
  const binarySize = parameters.binary_data_size;
  if (binarySize !== undefined && !(Number.isSafeInteger(binarySize) && (binarySize as number) >= 0)) {
    refuse(`input '${name}': binary_data_size must be an integer number of bytes`);
  }
  // KServe's client writes null where an empty tensor is binary.
  const data = part.data ?? undefined;
  if ((data === undefined) === (binarySize === undefined)) {
    refuse(`input '${name}': specify either 'data' or the parameter binary_data_size`);
  }
  const { content_type: contentType } = parameters;
  if (contentType !== undefined && typeof contentType !== "string")
    refuse(`input '${name}': content_type must be a string`);
  return {
    name,
    datatype,
    shape: readShape(name, shape),
    data,
    binarySize: binarySize as number | undefined,
    contentType,
    parameters: part.parameters === undefined ? undefined : parameters,
  };
}

/**
 * Reads a shape. A dimension of 0 counts as 1: ONNX Runtime rejects a large one beside it, and a model could allocate it for an output.
 */
function readShape(name: string, shape: unknown): number[] {
  if (!Array.isArray(shape)) return refuse(`input '${name}': 'shape' must be an array`);
  let count = 1;
  for (const dimension of shape as unknown[]) {
    if (!Number.isSafeInteger(dimension) || (dimension as number) < 0) {
      refuse(`input '${name}': ${describeValue(dimension)} is not a dimension`);
    }
    count *= (dimension as number) || 1;
    if (count > maxElements) {
      refuse(
        `input '${name}': the shape has too many elements; its dimensions, zeros aside, multiply to over ${maxElements}`,
      );
    }
  }
  return shape as number[];
}

function readOutput(part: unknown, wantsBinary: boolean): OutputPart {
  if (!isObject(part) || typeof part.name !== "string")
    return refuse("each of 'outputs' must be an object with a 'name'");
  const parameters = readParameters(part.parameters, `output '${part.name}'`);
  refuseSharedMemory(parameters);
  const { binary_data: isBinary, classification } = parameters;
  return {
    name: part.name,
    isBinary: flag(isBinary, "binary_data") ?? wantsBinary,
    classes: classification === undefined ? undefined : integer(classification, "classification", 1),
  };
}

function readParameters(parameters: unknown, owner: string): Parameters {
  if (parameters === undefined) return {};
  if (!isObject(parameters)) return refuse(`the parameters of ${owner} must be an object`);
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      refuse(`the parameter ${name} of ${owner} must be a string, a number or a boolean`);
    }
  }
  return parameters as Parameters;
}

function checkReserved(parameters: Parameters): void {
  const reserved = Object.keys(parameters).find((name) => name === "headers" || name.startsWith("triton_"));
  if (reserved) refuse(`the parameter name ${reserved} is reserved`);
  if (parameters.sequence_id) refuse("sequences are not supported; leave sequence_id out");
}

function refuseSharedMemory(parameters: Parameters): void {
  if (Object.keys(parameters).some((name) => name.startsWith("shared_memory_")))
    refuse("shared memory is not supported");
}

/** Reads the timeout. The client sends microseconds; 0 means none. */
function readTimeout(timeout: Parameters[string] = 0): number | undefined {
  return integer(timeout, "timeout, in microseconds,", 0) / 1000 || undefined;
}

function integer(value: Parameters[string], name: string, least: number): number {
  const isRight = Number.isSafeInteger(value) && (value as number) >= least;
  return isRight ? (value as number) : refuse(`${name} must be an integer of at least ${least}`);
}

function flag(value: Parameters[string] | undefined, name: string): boolean | undefined {
  return value === undefined || typeof value === "boolean" ? value : refuse(`${name} must be true or false`);
}
