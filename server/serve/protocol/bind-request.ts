import { type Datatype, datatypes, type Signature, type TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { elementCount, type Tensor } from "../tensor/tensor.ts";
import { decodeBinary } from "./binary.ts";
import { isClassifiable } from "./classify.ts";
import { decodeJson } from "./decode-json.ts";
import type { InferRequest, InputPart, OutputPart } from "./infer-request.ts";
import { refuse } from "./refuse.ts";

/** A request that fits the model: its tensors, and the requested outputs. */
export interface BoundRequest {
  tensors: Tensor[];
  outputs: OutputPart[];
}

/**
 * Compares a request with the signature of a model and reads its tensors. ONNX Runtime itself ignores unknown inputs and reports some
 * of these mistakes late or not at all.
 * @param read reads the elements of an input that needs special treatment
 * @throws DomainError "invalid" that names the input, what is expected and what was received
 */
export function bindRequest(
  request: InferRequest,
  signature: Pick<Signature, "inputs" | "outputs">,
  read: typeof readTensor = readTensor,
): BoundRequest {
  const names = request.inputs.map((input) => input.name);
  refuseDuplicates(names, "input");
  const missing = signature.inputs.find((input) => !names.includes(input.name));
  if (missing) refuse(`input '${missing.name}' is missing`);
  const sizes = new Map<string, { size: number; name: string }>();
  let offset = 0;
  const tensors = request.inputs.map((part) => {
    const spec = signature.inputs.find((input) => input.name === part.name);
    if (!spec) return refuse(`the model has no input '${part.name}'; it has ${listed(signature.inputs)}`);
    checkType(part, spec);
    checkShape(part, spec, sizes);
    const end = offset + (part.binarySize ?? 0);
    if (end > request.tail.length) refuse(`input '${part.name}': the body ends before its binary data`);
    const tensor = read(part, spec.datatype, request.tail.subarray(offset, end));
    offset = end;
    return tensor;
  });
  if (offset !== request.tail.length) refuse(`${request.tail.length - offset} bytes follow the last binary input`);
  return { tensors, outputs: bindOutputs(request, signature) };
}

/** Reads the elements of one input. @throws DomainError "invalid" */
export function readTensor(part: InputPart, datatype: Datatype, bytes: Buffer): Tensor {
  const { name, shape } = part;
  const count = elementCount(shape);
  const data =
    part.binarySize === undefined
      ? decodeJson(name, datatype, part.data, count)
      : decodeBinary(name, datatype, bytes, count);
  return { name, datatype, shape, data };
}

function bindOutputs(request: InferRequest, signature: Pick<Signature, "outputs">): OutputPart[] {
  const all: OutputPart[] = signature.outputs.map(({ name }) => ({ name, isBinary: request.wantsBinary }));
  const outputs = request.outputs ?? all;
  refuseDuplicates(
    outputs.map((output) => output.name),
    "output",
  );
  for (const { name, isBinary, classes } of outputs) {
    const spec = signature.outputs.find((output) => output.name === name);
    if (!spec) return refuse(`the model has no output '${name}'; it has ${listed(signature.outputs)}`);
    if (classes !== undefined && !isClassifiable(spec.datatype))
      refuse(`output '${name}': classification needs numbers, not ${spec.datatype}`);
    if (spec.datatype === "FP16" && !isBinary)
      refuse(`output '${name}': FP16 cannot be sent as JSON, request binary data`);
  }
  return outputs;
}

function checkType({ name, datatype }: InputPart, spec: TensorSpec): void {
  if (datatype === spec.datatype) return;
  if (!(datatypes as readonly string[]).includes(datatype))
    refuse(`input '${name}': there is no datatype '${datatype}'`);
  refuse(`input '${name}': expected datatype ${spec.datatype}, got ${datatype}`);
}

/** Checks a shape: fixed dimensions must match; symbolic ones of the same name must equal each other. */
function checkShape(
  { name, shape }: InputPart,
  spec: TensorSpec,
  sizes: Map<string, { size: number; name: string }>,
): void {
  const fits =
    shape.length === spec.shape.length &&
    spec.shape.every((dimension, axis) => typeof dimension === "string" || dimension === shape[axis]);
  if (!fits) refuse(`input '${name}': expected shape ${shown(spec.shape)}, got ${shown(shape)}`);
  for (const [axis, dimension] of spec.shape.entries()) {
    if (typeof dimension !== "string" || dimension === "") continue;
    const size = shape[axis] as number;
    const known = sizes.get(dimension);
    if (known && known.size !== size) {
      refuse(`input '${name}': dimension ${dimension} is ${size}, but ${known.size} in input '${known.name}'`);
    }
    sizes.set(dimension, { size, name });
  }
}

/** Formats a shape as the protocol writes it: [-1,4]. */
function shown(shape: (number | string)[]): string {
  return `[${shape.map((dimension) => (typeof dimension === "string" ? -1 : dimension)).join(",")}]`;
}

function listed(specs: TensorSpec[]): string {
  return specs.map((spec) => `'${spec.name}'`).join(", ");
}

function refuseDuplicates(names: string[], kind: string): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuse(`${kind} '${twice}' is listed twice`);
}
