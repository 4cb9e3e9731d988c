import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { InferenceFailure } from "../pool/failure.ts";
import { bindRequest } from "../protocol/bind-request.ts";
import type { InferRequest, OutputPart } from "../protocol/infer-request.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ServedPipeline } from "../versions/served-model.ts";
import { bindPipeline, goesThrough } from "./bind-pipeline.ts";
import type { PipelineThreads } from "./pipeline-threads.ts";
import { runOutputs } from "./run-after.ts";
import { type Given, numbersOf, runBefore } from "./run-before.ts";
import { servedPlan } from "./served-plan.ts";
import type { Done } from "./thread-messages.ts";

/** A request on its way to the model and back. */
export interface Passage {
  /** Digest of the pipeline, when the request goes through it. */
  digest: string | null;
  /** For the model. */
  tensors: Tensor[];
  /** Measurements of pictures, by input, if requested. */
  pictures?: Given["pictures"];
  /** Outputs that the model has to return, each once. */
  modelOutputs: string[];
  /** Outputs that the client receives, in its order. */
  wanted: OutputPart[];
  /** Makes what the client gets from what the model gave, in the order of `modelOutputs`. */
  finish(results: Tensor[]): Tensor[] | Promise<Tensor[]>;
}

interface PassageModel {
  signature: Signature;
  pipeline?: ServedPipeline | undefined;
}

/** Dependencies of a passage. */
interface Way {
  threads: PipelineThreads;
  /** Workspace for which it runs; threads are shared between workspaces. */
  tenant: string;
  /** On the clock of performance.now(). */
  deadlineAt: number;
  /** Compares a request with what is expected, where more is to be checked than bindRequest does. */
  bind?: typeof bindRequest;
  /** Whether to measure pictures during preprocessing. */
  collectsPictures?: boolean | undefined;
}

/** Below this many numbers, a way to a thread and back takes longer than the work. */
const fewNumbers = 10_000;

/**
 * Reads a request that names the model's own inputs, or those of its pipeline, and runs the steps before the model. The names
 * decide, because they are different. Outputs of both can be requested in either way. Features that are looked up have to be in the request.
 * @throws DomainError "invalid" that names the input, what is expected and what was sent; as PipelineThreads.run
 */
export function openPassage(request: InferRequest, model: PassageModel, way: Way): Passage | Promise<Passage> {
  const { signature, pipeline } = model;
  if (pipeline) return throughPipeline(request, { signature, pipeline }, way);
  const { tensors, outputs: wanted } = (way.bind ?? bindRequest)(request, signature);
  const modelOutputs = wanted.map(({ name }) => name);
  return { digest: null, tensors, modelOutputs, wanted, finish: (results) => results };
}

async function throughPipeline(
  request: InferRequest,
  { signature, pipeline }: { signature: Signature; pipeline: ServedPipeline },
  way: Way,
): Promise<Passage> {
  const { bind = bindRequest, collectsPictures = false } = way;
  const plan = servedPlan(pipeline, signature);
  const isThrough = goesThrough(request, plan, signature);
  const given: Given = { files: new Map(), columns: [], pictures: collectsPictures ? new Map() : undefined };
  const bound = bindPipeline(request, { signature, definition: pipeline.definition, plan, isThrough, given, bind });
  const left = bound.tensors.filter(({ name }) => signature.inputs.some((input) => input.name === name));
  given.columns = bound.tensors.filter((tensor) => !left.includes(tensor) && !given.files.has(tensor.name));
  const made = isThrough ? await before(pipeline, given, signature.inputs, way) : { tensors: [] };
  const own = bound.outputs.filter(({ name }) => plan.outputs.some((output) => output.name === name));
  const fromOf = (name: string) => pipeline.definition.after.find((part) => part.name === name)?.from ?? name;
  return {
    digest: isThrough || own.length > 0 ? pipeline.digest : null,
    tensors: [...made.tensors, ...left],
    pictures: made.pictures,
    modelOutputs: [...new Set(bound.outputs.map(({ name }) => fromOf(name)))],
    wanted: bound.outputs,
    finish: async (results) => {
      const names = own.map(({ name }) => name);
      const outputs = await after(pipeline, { names, results, labels: signature.labels }, way);
      return bound.outputs.map(({ name }) => {
        const found = [...outputs, ...results].find((tensor) => tensor.name === name);
        if (!found) throw new Error(`The model gave no tensor for its output '${name}'.`);
        return found;
      });
    },
  };
}

async function before(
  pipeline: ServedPipeline,
  given: Given,
  targets: readonly TensorSpec[],
  { threads, tenant, deadlineAt }: Way,
): Promise<Done> {
  const rows = given.columns[0]?.shape[0] ?? 0;
  const { definition } = pipeline;
  const numbers = definition.before.map((part) => (part.kind === "columns" ? numbersOf(part, rows) : 0));
  const isSmall = given.files.size === 0 && numbers.reduce((a, b) => a + b, 0) <= fewNumbers;
  if (isSmall) return { tensors: await runBefore(definition, given, targets) };
  return threads.run(tenant, pipeline, { kind: "before", given, targets }, deadlineAt);
}

async function after(
  pipeline: ServedPipeline,
  { names, results, labels }: { names: string[]; results: Tensor[]; labels: string[] | undefined },
  { threads, tenant, deadlineAt }: Way,
): Promise<Tensor[]> {
  if (names.length === 0) return [];
  const { after } = pipeline.definition;
  const used = results.filter(({ name }) => after.some((part) => part.from === name && names.includes(part.name)));
  const numbers = used.reduce((sum, { data }) => sum + data.length, 0);
  if (numbers > fewNumbers) {
    // Copies, since the client may get the model's own outputs too.
    const outputs = used.map((tensor) => ({ ...tensor, data: tensor.data.slice() }));
    return (await threads.run(tenant, pipeline, { kind: "after", outputs, names, labels }, deadlineAt)).tensors;
  }
  try {
    return runOutputs(pipeline.definition, names, used, labels);
  } catch (cause) {
    throw new InferenceFailure("model", `The pipeline failed: ${(cause as Error).message}`);
  }
}
