import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import type { PipelinePlan } from "#server/develop/registry/pipeline/plan.ts";
import { splitElements } from "../protocol/binary.ts";
import { type BoundRequest, type bindRequest, readTensor } from "../protocol/bind-request.ts";
import { deepestNesting } from "../protocol/decode-json.ts";
import { describeValue } from "../protocol/describe-value.ts";
import type { InferRequest, InputPart } from "../protocol/infer-request.ts";
import { refuse } from "../protocol/refuse.ts";
import { elementCount } from "../tensor/tensor.ts";
import { pictureParts } from "./picture-parts.ts";
import type { Given } from "./run-before.ts";

/**
 * Whether a request is for the pipeline: it names an input that is not the model's, or the pipeline has none and looks up some of the model's,
 * from views without keys. @throws DomainError "invalid" for a mixture
 */
export function goesThrough(
  request: Pick<InferRequest, "inputs">,
  plan: PipelinePlan,
  { inputs }: Pick<Signature, "inputs">,
): boolean {
  const isOf = (specs: readonly TensorSpec[]) => (name: string) => specs.some((spec) => spec.name === name);
  const names = request.inputs.map(({ name }) => name);
  const ofPipeline = allInputs(plan);
  const unknown = names.find((name) => !isOf(inputs)(name) && !isOf(ofPipeline)(name));
  const list = (specs: readonly TensorSpec[]) => specs.map(({ name }) => `'${name}'`).join(", ");
  if (unknown !== undefined) {
    refuse(`there is no input '${unknown}': the model has ${list(inputs)}, its pipeline has ${list(plan.inputs)}`);
  }
  const through = names.find((name) => !isOf(inputs)(name));
  const filled = names.find((name) => !isOf(ofPipeline)(name));
  if (through !== undefined && filled !== undefined) {
    refuse(`inputs '${through}' and '${filled}': expected the inputs of the pipeline or those of the model, got both`);
  }
  return through !== undefined || looksUpWithoutKeys(plan, inputs);
}

function looksUpWithoutKeys({ inputs, content }: PipelinePlan, own: readonly TensorSpec[]): boolean {
  const isOf = (specs: readonly TensorSpec[], { name }: TensorSpec) => specs.some((spec) => spec.name === name);
  return inputs.every((input) => isOf(own, input)) && content.some((input) => !isOf(inputs, input));
}

/** Returns all inputs that a request for the pipeline can have: those of clients, and features that are looked up. */
function allInputs(plan: PipelinePlan): readonly TensorSpec[] {
  const known = inputsOfPlans.get(plan);
  if (known) return known;
  const { inputs, content } = plan;
  const all = [...inputs, ...content.filter(({ name }) => !inputs.some((input) => input.name === name))];
  inputsOfPlans.set(plan, all);
  return all;
}

const inputsOfPlans = new WeakMap<PipelinePlan, readonly TensorSpec[]>();

interface Binding {
  signature: Signature;
  definition: Pipeline;
  plan: PipelinePlan;
  isThrough: boolean;
  /** Gets the files. */
  given: Given;
  bind: typeof bindRequest;
}

/**
 * Reads a request and compares it with the inputs of the model or of its pipeline, and with the outputs of both. Without a list of
 * outputs, a request with the pipeline's inputs gets the pipeline's outputs, if it has any.
 * @throws DomainError "invalid", as bindRequest
 */
export function bindPipeline(
  request: InferRequest,
  { signature, definition, plan, isThrough, given, bind }: Binding,
): BoundRequest {
  const all = [...plan.outputs, ...signature.outputs];
  const usual = isThrough && plan.outputs.length > 0 ? plan.outputs : signature.outputs;
  const outputs = request.outputs ? all : usual;
  if (!isThrough) return bind(request, { inputs: signature.inputs, outputs });
  const pictures = pictureParts(definition);
  // Keys have done their work once the features are in the request, and a logged request may have come without.
  const isThere = ({ name }: TensorSpec) => request.inputs.some((part) => part.name === name);
  const isContent = ({ name }: TensorSpec) => plan.content.some((spec) => spec.name === name);
  const expected = allInputs(plan).filter((spec) => isContent(spec) || isThere(spec));
  const own = expected.filter(({ name }) => !signature.inputs.some((input) => input.name === name));
  // Clients of tables send [rows, 1] for a column; both are the same elements.
  const inputs = request.inputs.map((part) => {
    const isColumn = part.shape.length === 2 && part.shape[1] === 1 && own.some(({ name }) => name === part.name);
    return isColumn ? { ...part, shape: part.shape.slice(0, 1) } : part;
  });
  return bind({ ...request, inputs }, { inputs: expected, outputs }, (part, datatype, bytes) => {
    if (!pictures.some(({ name }) => name === part.name)) return readTensor(part, datatype, bytes);
    given.files.set(part.name, readFiles(part, bytes));
    return { name: part.name, datatype, shape: part.shape, data: [] };
  });
}

/** Reads the files of a BYTES input: elements of binary data, or base64 in JSON, which the client has to declare. */
function readFiles({ name, shape, binarySize, contentType, data }: InputPart, bytes: Buffer) {
  const count = elementCount(shape);
  // Copies, since their memory moves to a thread.
  if (binarySize !== undefined) return splitElements(name, bytes, count).map((element) => new Uint8Array(element));
  if (contentType !== "base64") {
    refuse(
      `input '${name}': expected files as binary data, or as base64 with the input's parameter content_type "base64", got ${contentType === undefined ? "text" : `content_type ${JSON.stringify(contentType)}`}`,
    );
  }
  const files = Array.isArray(data) ? (data.flat(deepestNesting) as unknown[]) : [];
  if (files.length !== count) refuse(`input '${name}': the shape needs ${count} elements, got ${files.length}`);
  const wrong = files.findIndex((file) => typeof file !== "string");
  if (wrong >= 0) refuse(`input '${name}', file ${wrong}: expected base64, got ${describeValue(files[wrong])}`);
  return files as string[];
}
