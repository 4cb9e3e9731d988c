import { DomainError } from "#server/base/errors.ts";
import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { planPipeline } from "#server/develop/registry/pipeline/plan.ts";
import { samplePicture } from "#server/serve/pipeline/codec.ts";
import type { Passage } from "#server/serve/pipeline/passage.ts";
import { pictureParts } from "#server/serve/pipeline/picture-parts.ts";
import { InferenceFailure } from "#server/serve/pool/failure.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import { toLogged } from "#server/serve/protocol/encode-json.ts";
import type { InputPart } from "#server/serve/protocol/infer-request.ts";
import type { LeasedVersion } from "#server/serve/runner/leased-version.ts";
import type { Tensor } from "#server/serve/tensor/tensor.ts";
import type { ServedPipeline } from "#server/serve/versions/served-model.ts";
import { modelInputs, pipelineInputs } from "./sample-inputs.ts";

/** One request on all of its way, each stop as the protocol writes tensors. */
export interface RunSample {
  modelName: string;
  version: number;
  provider: string;
  /** Output specifications of the model. */
  outputs: TensorSpec[];
  rawRequest?: object[] | undefined;
  request: LoggedTensor[];
  response: LoggedTensor[];
  finalResponse?: LoggedTensor[] | undefined;
}

/** A camera's picture is larger; this one has something at every size that a pipeline makes of it. */
const [width, height] = [320, 256];

/** Runs a leased version on synthetic inputs. @throws DomainError "unavailable", InferenceFailure as LeasedVersion.run */
export async function runSample(lease: LeasedVersion): Promise<RunSample> {
  const { pipeline, signature } = lease.model;
  if (!pipeline) return straight(lease, modelInputs(signature));
  try {
    return await through(lease, pipeline);
  } catch (error) {
    // Synthetic inputs do not suit every pipeline: running only the model is better than nothing.
    const isUnfit = error instanceof DomainError && error.code === "invalid";
    if (!isUnfit && !(error instanceof InferenceFailure)) throw error;
    return straight(lease, modelInputs(signature));
  }
}

async function through(lease: LeasedVersion, { definition }: ServedPipeline): Promise<RunSample> {
  const { signature } = lease.model;
  const plan = planPipeline(definition, signature);
  const hasPictures = pictureParts(definition).length > 0;
  const picture = hasPictures ? Buffer.from(await samplePicture(width, height)).toString("base64") : "";
  const parts = pipelineInputs(definition, signature, plan.content, picture);
  const wanted = [...plan.outputs, ...signature.outputs].map(({ name }) => name);
  const passage = await lease.open(parts, wanted);
  const { finished, ...ran } = await run(lease, passage);
  const own = finished.filter(({ name }) => plan.outputs.some((output) => output.name === name));
  return {
    ...ran,
    rawRequest: definition.before.length > 0 ? parts.map(onTheWire) : undefined,
    finalResponse: definition.after.length > 0 ? own.map(logged) : undefined,
  };
}

async function straight(lease: LeasedVersion, tensors: Tensor[]): Promise<RunSample> {
  const modelOutputs = lease.model.signature.outputs.map(({ name }) => name);
  const { finished, ...ran } = await run(lease, { tensors, modelOutputs, finish: (results) => results });
  return ran;
}

async function run(
  lease: LeasedVersion,
  { tensors, modelOutputs, finish }: Pick<Passage, "tensors" | "modelOutputs" | "finish">,
): Promise<RunSample & { finished: Tensor[] }> {
  const { model, provider } = lease;
  // Before the run, which takes their data along.
  const request = tensors.map(logged);
  const results = await lease.run(tensors, modelOutputs);
  const { outputs } = model.signature;
  const response = results.map(logged);
  const { modelName, version } = model;
  return { modelName, version, provider, outputs, request, response, finished: await finish(results) };
}

function logged(tensor: Tensor): LoggedTensor {
  return toLogged(tensor, Number.POSITIVE_INFINITY);
}

function onTheWire({ name, datatype, shape, data, contentType }: InputPart): object {
  return { name, datatype, shape, ...(contentType && { parameters: { content_type: contentType } }), data };
}
