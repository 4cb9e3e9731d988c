import { z } from "zod";
import { foundOrNot } from "#app/_lib/found.ts";
import { sameShapes } from "#components/release/endpoints/deploy-text.ts";
import type { ChosenVersion, PlaygroundVersion } from "#components/serve/playground/chosen-version.ts";
import type { Sample } from "#components/serve/playground/inputs/sample-picker.tsx";
import type { Recorded } from "#components/serve/playground/results/truth-bar.tsx";
import { predictionOf, storedTensors } from "#components/serve/predictions/shown-prediction.ts";
import type { InputSpec, Values } from "#components/serve/tensors/elements.ts";
import { toWire } from "#components/ui/wire.ts";
import type { Context } from "#server/base/context.ts";
import { listDatasets } from "#server/develop/datasets/queries.ts";
import type { ExecutionProvider } from "#server/develop/registry/execution/contract.ts";
import { getModelSummary, listModels } from "#server/develop/registry/models/queries.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { getPipeline } from "#server/develop/registry/pipeline/queries.ts";
import type { ModelVersion } from "#server/develop/registry/versions/contract.ts";
import { getVersion, listVersions } from "#server/develop/registry/versions/queries.ts";
import { getPlaygroundRun, listPlaygroundRuns } from "#server/serve/playground/queries.ts";
import type { Prediction } from "#server/serve/predictions/contract.ts";
import { listPredictions } from "#server/serve/predictions/queries.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import { GivenInput } from "#server/serve/protocol/contract.ts";

interface Choice {
  a: number | undefined;
  b: number | undefined;
  /** Id of a logged request to fill in. */
  input: string | undefined;
  /** Id of a run of the playground, to be run again. */
  run: string | undefined;
  /** Requested providers for A and B. */
  on: ExecutionProvider | undefined;
  onB: ExecutionProvider | undefined;
  /** "tensors" leaves the pipeline of the version aside. */
  via: string | undefined;
}

const maxVersions = 50;
const maxSamples = 16;

/** Reads the data of a model's playground. A defaults to the serving version, else the champion, else the newest that can run. */
export async function readPlayground(ctx: Context, name: string, choice: Choice, usual: ExecutionProvider) {
  const again =
    choice.run && isUuid(choice.run) ? await foundOrNot(getPlaygroundRun(ctx, { id: choice.run })) : undefined;
  const rerun = readRequest(again?.request);
  const summary = await getModelSummary(ctx, name);
  const models = await listModels(ctx, { limit: 500 });
  const all = await listVersions(ctx, { name, limit: maxVersions });
  // One that is older than the list can still be named in the address.
  for (const version of [choice.a, choice.b]) {
    if (version !== undefined && !all.some((each) => each.version === version)) {
      all.push(await getVersion(ctx, { name, version }));
    }
  }
  const numbers = [choice.a, ...summary.endpoints.map(({ version }) => version), championOf(summary.aliases)];
  const runnable = all.filter(({ inspection }) => inspection === "servable");
  const a = numbers.map((number) => runnable.find(({ version }) => version === number)).find(Boolean) ?? runnable[0];
  // Comparing a version with itself is useful only if the two run in different places.
  const isElsewhere = choice.onB !== undefined && choice.onB !== (choice.on ?? usual);
  const b = runnable.find(({ version }) => version === choice.b && (version !== a?.version || isElsewhere));
  const [throughA, throughB] = await Promise.all([a, b].map((version) => throughPipeline(ctx, version)));
  const way: "pipeline" | "tensors" | undefined =
    throughA && ((rerun ? rerun.via : choice.via) === "tensors" || choice.input ? "tensors" : "pipeline");
  const isThrough = way === "pipeline";
  const logged = a && !isThrough ? await loggedRequests(ctx, summary.endpoints, choice.input) : [];
  const usable = a?.signature ? logged.filter(({ prediction }) => isComplete(prediction, a.signature)) : [];
  const found = usable.find(({ prediction }) => prediction.id === choice.input);
  const wantedOfB = isThrough ? (throughA?.inputs ?? []) : a?.signature?.inputs;
  const { runs } = await listPlaygroundRuns(ctx, { model: name, limit: 10 });
  const datasets = await listDatasets(ctx, { limit: 50 });
  return {
    models: models.map((model) => model.name),
    versions: all.map(toPlaygroundVersion),
    way,
    runs,
    datasets: datasets.filter(({ versions }) => versions > 0).map((dataset) => dataset.name),
    chosenA: a && toChosen(a, undefined, isThrough ? throughA : undefined, choice.on),
    chosenB: b && toChosen(b, wantedOfB, isThrough ? throughB : undefined, choice.onB ?? choice.on),
    served: summary.endpoints.map(({ name: endpoint, version }) => ({ endpoint, version })),
    samples: usable.slice(0, maxSamples).map((each) => toSample(each, a?.signature?.labels)),
    given: rerun ? valuesOf(rerun.inputs) : found && valuesOf(found.prediction.inputs),
    recorded: found && recordedOf(found),
  };
}

/** Parses the stored request of a playground run; undefined when it was too large to store, or is of another kind. */
function readRequest(request: unknown) {
  return z.object({ inputs: z.array(GivenInput), via: z.string().optional() }).safeParse(request).data;
}

function championOf(aliases: { alias: string; version: number }[]): number | undefined {
  return aliases.find(({ alias }) => alias === "champion")?.version;
}

function toPlaygroundVersion({ id, version, aliases, inspection, inspectionMessage }: ModelVersion): PlaygroundVersion {
  const problem =
    inspection === "servable"
      ? undefined
      : inspection === "pending"
        ? "is being checked"
        : `cannot be run: ${inspectionMessage ?? "it is not an ONNX file"}`;
  return { versionId: id, version, aliases, problem };
}

function toChosen(
  version: ModelVersion,
  wanted: InputSpec[] | undefined,
  through: Through | undefined,
  provider: ExecutionProvider | undefined,
): ChosenVersion | undefined {
  const { signature } = version;
  if (!signature) return undefined;
  const inputs: InputSpec[] = through?.inputs ?? signature.inputs;
  const unfit =
    !wanted || sameShapes(wanted, inputs)
      ? undefined
      : `Its inputs are ${inputs.map((input) => input.name).join(", ")}. Select it as version A.`;
  const { labels, metadata } = signature;
  const outputs = through?.outputs;
  return {
    ...toPlaygroundVersion(version),
    signature: { inputs, metadata, ...(labels && { labels }) },
    outputs,
    unfit,
    provider,
  };
}

interface Through {
  inputs: InputSpec[];
  /** The model's own first: they are compared and shown as probabilities. */
  outputs: { name: string }[];
}

/** Returns the inputs and outputs of a version with its pipeline; undefined when it has none that fits. */
async function throughPipeline(ctx: Context, version: ModelVersion | undefined): Promise<Through | undefined> {
  if (!version?.pipelineDigest || !version.signature) return undefined;
  const { pipeline, inputs, outputs, problems } = await getPipeline(ctx, {
    name: version.modelName,
    version: version.version,
  });
  if (!pipeline || problems.length > 0) return undefined;
  const pictures = new Map(pipeline.before.flatMap((part) => (part.kind === "image" ? [[part.name, part]] : [])));
  return {
    inputs: inputs.map((spec) => {
      const steps = pictures.get(spec.name)?.steps;
      const isGrey = steps?.some((step) => step.step === "colour" && step.to === "grey") ?? false;
      return steps ? { ...spec, file: { isGrey } } : spec;
    }),
    outputs: [...version.signature.outputs, ...outputs].map(({ name }) => ({ name })),
  };
}

interface LoggedRequest {
  prediction: Prediction;
  endpoint: { id: string; name: string };
}

/** Returns the request named in the URL, and the newest ones, of the endpoints of this model. */
async function loggedRequests(
  ctx: Context,
  endpoints: { id: string; name: string }[],
  input: string | undefined,
): Promise<LoggedRequest[]> {
  const lists = await Promise.all(
    endpoints.slice(0, 3).map(async (endpoint) => {
      const { id: endpointId } = endpoint;
      const requested = [
        ...(input && isUuid(input) ? [listPredictions(ctx, { endpointId, id: input })] : []),
        listPredictions(ctx, { endpointId, limit: maxSamples }),
      ];
      return (await Promise.all(requested)).flatMap(({ predictions }) =>
        predictions.map((prediction) => ({ prediction, endpoint })),
      );
    }),
  );
  const found = lists.flat().sort((x, y) => y.prediction.at.getTime() - x.prediction.at.getTime());
  return [...new Map(found.map((each) => [each.prediction.id, each])).values()];
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** Returns whether every input of the signature was stored, with its type. */
function isComplete({ inputs }: Prediction, signature: Signature | null): boolean {
  const kept = storedTensors(inputs);
  return (signature?.inputs ?? []).every((spec) =>
    kept.some(({ name, datatype }) => name === spec.name && datatype === spec.datatype),
  );
}

function valuesOf(inputs: LoggedTensor[] | null): Values {
  return Object.fromEntries(storedTensors(inputs).map(({ name, shape, data }) => [name, { shape, data }]));
}

function recordedOf({ prediction, endpoint }: LoggedRequest): Recorded {
  const { id, requestId, label } = prediction;
  return { id, requestId, label, endpointId: endpoint.id, endpoint: endpoint.name };
}

function toSample(logged: LoggedRequest, labels: Signature["labels"]): Sample {
  const { id, at, error, inputs } = toWire(logged.prediction);
  const prediction = error ? "failed" : (predictionOf(logged.prediction, labels)?.text ?? "response not stored");
  return { id, at, prediction, values: valuesOf(inputs), recorded: recordedOf(logged) };
}
