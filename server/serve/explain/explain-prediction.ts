import { DomainError } from "#server/base/errors.ts";
import { unbatchableReason } from "../pool/batchable.ts";
import type { GivenInput } from "../protocol/contract.ts";
import type { InputPart } from "../protocol/infer-request.ts";
import type { LeasedVersion } from "../runner/leased-version.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Explanation, ExplanationSettings, Target } from "./contract.ts";
import { explainPicture } from "./explain-picture.ts";
import { type Element, explainRow } from "./explain-row.ts";
import { featuresOf, requestOf, rowOf } from "./features.ts";
import { defaultTarget, targetOf } from "./target.ts";

/** Number of rows per request: few enough that a cancellation takes effect soon. */
const rowsAtOnce = 128;

/** Rows that represent "not known", in the order of the features, and their source. */
export interface Background {
  rows: Element[][];
  source: string;
}

export interface Question {
  inputs: GivenInput[];
  target: Target | undefined;
  settings: ExplanationSettings;
  /** For Shapley values. */
  background: Background | undefined;
}

/** Reports progress. @throws when no caller waits any more */
export type Progress = (requestCount: number, total: number) => void;

/**
 * Explains a version's prediction by running many variations of the input, in batches.
 * @throws DomainError "invalid" when the input is neither a picture nor a row of few features, or the output is not a number; as the
 * runner
 */
export async function explainPrediction(
  lease: LeasedVersion,
  question: Question,
  progress: Progress,
): Promise<Explanation> {
  const startedAt = performance.now();
  const { settings, inputs } = question;
  const fullPrediction = await predict(lease, partsOf(inputs), question.target && [question.target.output]);
  const target = question.target ?? defaultTarget(fullPrediction);
  // Checked before the many.
  targetOf(fullPrediction, target);
  const isBatched = unbatchableReason(lease.model.signature) === undefined;
  const { requestCount, prediction, why } =
    settings.method === "occlusion"
      ? await byHiding(lease, { ...question, target }, isBatched, progress)
      : await byFeatures(lease, { ...question, target }, isBatched, progress);
  const { labels } = lease.model.signature;
  const label = labels?.[target.element] ?? null;
  return { target, label, answer: prediction, asked: requestCount + 1, tookMs: performance.now() - startedAt, why };
}

type Aimed = Question & { target: Target };

async function byHiding(
  lease: LeasedVersion,
  { inputs, target, settings }: Aimed,
  isBatched: boolean,
  progress: Progress,
) {
  if (settings.method !== "occlusion") throw new Error("Another method was requested.");
  const { patch, stride, baseline } = settings;
  const passage = await lease.open(partsOf(inputs), [target.output]);
  return explainPicture(
    { tensors: passage.tensors, patch, stride, baseline },
    {
      isBatched,
      progress,
      predict: async (tensors: Tensor[]) =>
        targetOf(await passage.finish(await lease.run(tensors, passage.modelOutputs)), target),
    },
  );
}

async function byFeatures(lease: LeasedVersion, question: Aimed, isBatched: boolean, progress: Progress) {
  const { inputs, target, settings, background } = question;
  if (settings.method !== "shapley" || !background) throw new Error("Another method was requested.");
  const features = featuresOf(inputs);
  const { pairs, seed } = settings;
  const found = await explainRow(
    { row: rowOf(inputs), background: background.rows, pairs, seed },
    {
      progress,
      batch: isBatched ? rowsAtOnce : 1,
      predict: async (rows) => targetOf(await predict(lease, requestOf(inputs, rows), [target.output]), target),
    },
  );
  const { isExact, base, gap, values, standardErrors, prediction, requestCount } = found;
  const row = rowOf(inputs);
  const why = {
    method: "shapley" as const,
    features: features.map(({ name }, at) => ({
      name,
      given: row[at] as Element,
      value: values[at] as number,
      standardError: standardErrors[at] as number,
    })),
    isExact,
    base,
    gap,
    background: { rows: background.rows.length, source: background.source },
    ...(isExact ? { pairs: null, seed: null } : { pairs, seed }),
  };
  return { prediction, requestCount, why };
}

async function predict(lease: LeasedVersion, parts: InputPart[], outputs: string[] | undefined): Promise<Tensor[]> {
  const passage = await lease.open(parts, outputs ?? ownOutputs(lease));
  const predictions = await passage.finish(await lease.run(passage.tensors, passage.modelOutputs));
  if (predictions.length === 0) throw new DomainError("invalid", "The version has no outputs that can be explained.");
  return predictions;
}

/** Returns the model's own outputs, which are numbers, even if its pipeline returns text. */
function ownOutputs({ model }: LeasedVersion): string[] {
  return model.signature.outputs.map(({ name }) => name);
}

function partsOf(inputs: readonly GivenInput[]): InputPart[] {
  return inputs.map(({ name, datatype, shape, data, parameters }) => {
    return { name, datatype, shape, data, binarySize: undefined, contentType: parameters?.content_type };
  });
}
