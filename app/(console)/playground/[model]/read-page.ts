import type { InputSpec, Values } from "#components/playground/elements.ts";
import type { ChosenVersion, PlaygroundVersion } from "#components/playground/playground.tsx";
import type { Sample } from "#components/playground/sample-picker.tsx";
import { answerOf, keptTensors } from "#components/serving/answer.ts";
import { sameShapes } from "#components/serving/deploy-words.ts";
import { toWire } from "#components/serving/wire.ts";
import type { Context } from "#server/context.ts";
import type { ModelVersion, Signature } from "#server/registry/contract.ts";
import { getModelSummary, listModels } from "#server/registry/model-queries.ts";
import { getPipeline } from "#server/registry/pipeline/queries.ts";
import { getVersion, listVersions } from "#server/registry/version-queries.ts";
import type { Prediction } from "#server/serving/contract.ts";
import { listPredictions } from "#server/serving/prediction-queries.ts";

interface Choice {
  a: number | undefined;
  b: number | undefined;
  /** Id of a logged request to fill in. */
  input: string | undefined;
  /** "tensors" leaves the pipeline of the version aside. */
  via: string | undefined;
}

const mostVersions = 50;
const mostSamples = 16;

/** What the playground of a model shows. Without a choice, A is what serves, else the champion, else the newest that can run. */
export async function readPlayground(ctx: Context, name: string, choice: Choice) {
  const summary = await getModelSummary(ctx, name);
  const models = await listModels(ctx, { limit: 500 });
  const all = await listVersions(ctx, { name, limit: mostVersions });
  // One that is older than the list can still be named in the address.
  for (const version of [choice.a, choice.b]) {
    if (version !== undefined && !all.some((each) => each.version === version)) {
      all.push(await getVersion(ctx, { name, version }));
    }
  }
  const numbers = [choice.a, ...summary.endpoints.map(({ version }) => version), championOf(summary.aliases)];
  const runnable = all.filter(({ inspection }) => inspection === "servable");
  const a = numbers.map((number) => runnable.find(({ version }) => version === number)).find(Boolean) ?? runnable[0];
  const b = runnable.find(({ version }) => version === choice.b && version !== a?.version);
  const [throughA, throughB] = await Promise.all([a, b].map((version) => throughPipeline(ctx, version)));
  const way: "pipeline" | "tensors" | undefined =
    throughA && (choice.via === "tensors" || choice.input ? "tensors" : "pipeline");
  const isThrough = way === "pipeline";
  const logged = a && !isThrough ? await loggedRequests(ctx, summary.endpoints, choice.input) : [];
  const usable = a?.signature ? logged.filter((prediction) => isComplete(prediction, a.signature)) : [];
  const givenPrediction = usable.find(({ id }) => id === choice.input);
  return {
    models: models.map((model) => model.name),
    versions: all.map(toPlaygroundVersion),
    way,
    chosenA: a && toChosen(a, undefined, isThrough ? throughA : undefined),
    chosenB:
      b && toChosen(b, isThrough ? (throughA?.inputs ?? []) : a?.signature?.inputs, isThrough ? throughB : undefined),
    served: summary.endpoints.map(({ name: endpoint, version }) => ({ endpoint, version })),
    samples: usable.slice(0, mostSamples).map((prediction) => toSample(prediction, a?.signature?.labels)),
    given: givenPrediction && valuesOf(givenPrediction),
  };
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
): ChosenVersion | undefined {
  const { signature } = version;
  if (!signature) return undefined;
  const inputs: InputSpec[] = through?.inputs ?? signature.inputs;
  const unfit =
    !wanted || sameShapes(wanted, inputs)
      ? undefined
      : `Its inputs are ${inputs.map((input) => input.name).join(", ")}. Choose it as version A.`;
  const { labels, metadata } = signature;
  const outputs = through?.outputs;
  return {
    ...toPlaygroundVersion(version),
    signature: { inputs, metadata, ...(labels && { labels }) },
    outputs,
    unfit,
  };
}

interface Through {
  inputs: InputSpec[];
  /** The model's own first: they are compared and shown as probabilities. */
  outputs: { name: string }[];
}

/** What a version takes and gives through its pipeline; undefined when it has none that fits. */
async function throughPipeline(ctx: Context, version: ModelVersion | undefined): Promise<Through | undefined> {
  if (!version?.pipelineDigest || !version.signature) return undefined;
  const { pipeline, inputs, outputs, problems } = await getPipeline(ctx, {
    ...{ name: version.modelName, version: version.version },
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

/** The one that the address names, and the newest ones, of the endpoints of this model. */
async function loggedRequests(
  ctx: Context,
  endpoints: { id: string }[],
  input: string | undefined,
): Promise<Prediction[]> {
  const lists = await Promise.all(
    endpoints
      .slice(0, 3)
      .flatMap(({ id: endpointId }) => [
        ...(input && isUuid(input) ? [listPredictions(ctx, { endpointId, id: input })] : []),
        listPredictions(ctx, { endpointId, limit: mostSamples }),
      ]),
  );
  const found = lists.flatMap(({ predictions }) => predictions).sort((x, y) => y.at.getTime() - x.at.getTime());
  return [...new Map(found.map((prediction) => [prediction.id, prediction])).values()];
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/** Whether every input of the signature was kept, with its type. */
function isComplete({ inputs }: Prediction, signature: Signature | null): boolean {
  const kept = keptTensors(inputs);
  return (signature?.inputs ?? []).every((spec) =>
    kept.some(({ name, datatype }) => name === spec.name && datatype === spec.datatype),
  );
}

function valuesOf({ inputs }: Prediction): Values {
  return Object.fromEntries(keptTensors(inputs).map(({ name, shape, data }) => [name, { shape, data }]));
}

function toSample(prediction: Prediction, labels: Signature["labels"]): Sample {
  const { id, at, error } = toWire(prediction);
  const answer = error ? "failed" : (answerOf(prediction, labels)?.text ?? "answer not kept");
  return { id, at, answer, values: valuesOf(prediction) };
}
