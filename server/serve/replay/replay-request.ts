import { DomainError } from "#server/base/errors.ts";
import { inputNames } from "#server/develop/registry/pipeline/definition.ts";
import type { Prediction } from "../predictions/contract.ts";
import type { LoggedTensor } from "../protocol/contract.ts";
import type { ServedModel } from "../versions/served-model.ts";
import type { Replay } from "./contract.ts";

/** A logged request as it can be sent again. `inputs` and `outputs` as in the Open Inference Protocol's JSON. */
interface ReplayRequest {
  via: Replay["via"];
  inputs: object[];
  outputs: { name: string }[];
}

type Version = Pick<ServedModel, "modelName" | "version" | "signature" | "pipeline">;
type Logged = Pick<Prediction, "inputs" | "outputs">;

/**
 * Returns the client's inputs, for a version whose pipeline accepts them; else the model's.
 * @throws DomainError "conflict" that says which input is missing and why
 */
export function replayRequest({ inputs, outputs }: Logged, version: Version): ReplayRequest {
  const { signature, pipeline } = version;
  const before = pipeline?.definition.before ?? [];
  const ofPipeline = before.flatMap(inputNames);
  const ofModel = signature.inputs.map(({ name }) => name);
  const logged = inputs ?? [];
  // Inputs of the model that the pipeline does not produce are sent by the client.
  const made = before.flatMap((part) => (part.kind === "features" || part.into === null ? [] : [part.into]));
  const throughPipeline = [...ofPipeline, ...ofModel.filter((name) => logged.some(isOf(name)) && !made.includes(name))];
  const isSentThrough = ofPipeline.length > 0 && ofPipeline.every((name) => logged.some(isOf(name)));
  const names = isSentThrough && isComplete(logged, throughPipeline) ? throughPipeline : ofModel;
  const chosen = [...new Set(names)].map((name) => required(logged, name, version));
  const given = [...(pipeline?.definition.after ?? []), ...signature.outputs].map(({ name }) => name);
  return {
    via: names === throughPipeline ? "pipeline" : "tensors",
    inputs: chosen.map(sendable),
    outputs: (outputs ?? []).filter(({ name }) => given.includes(name)).map(({ name }) => ({ name })),
  };
}

const isOf = (name: string) => (tensor: LoggedTensor) => tensor.name === name;

function isComplete(logged: LoggedTensor[], names: string[]): boolean {
  return names.every((name) => logged.find(isOf(name))?.data !== undefined);
}

function required(logged: LoggedTensor[], name: string, { modelName, version }: Version): LoggedTensor {
  const found = logged.find(isOf(name));
  if (found?.data) return found;
  const what = `${modelName} v${version} requires input '${name}'`;
  const why = !found
    ? "which the logged request does not contain"
    : found.sha256
      ? "which is redacted; only a digest is stored"
      : "which was too large to store; increase the logging limit in the endpoint settings";
  throw new DomainError("conflict", `${what}, ${why}.`);
}

function sendable({ name, datatype, shape, data, encoding }: LoggedTensor): object {
  return { name, datatype, shape, data, ...(encoding && { parameters: { content_type: encoding } }) };
}
