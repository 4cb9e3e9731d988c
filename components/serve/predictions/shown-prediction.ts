import { type OutputTensor, viewOutputs } from "#components/serve/tensors/outputs.ts";
import { formatNumber, noValue } from "#components/ui/format.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { Prediction } from "#server/serve/predictions/contract.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";

/** What a logged request was answered, in a few words. */
export interface ShownPrediction {
  text: string;
  /** How sure the model is; null for answers that are no probabilities. */
  share: number | null;
}

type Logged = Pick<Wire<Prediction>, "outputs" | "label"> & Partial<Pick<Wire<Prediction>, "isCorrect">>;

/** The first output of the first row: the likeliest class, or its numbers. Undefined when nothing was kept. */
export function predictionOf(
  { outputs }: Pick<Logged, "outputs">,
  labels: Signature["labels"],
): ShownPrediction | undefined {
  const kept = storedTensors(outputs);
  const [view] = viewOutputs(kept, labels);
  if (!view) return undefined;
  if (view.kind === "classes") return { text: view.best?.label ?? noValue, share: view.best?.share ?? null };
  const shown = view.values
    .slice(0, 4)
    .map((value) => (typeof value === "number" ? formatNumber(value) : String(value)));
  return { text: shown.join(", ") + (view.values.length > 4 ? ", …" : ""), share: null };
}

/** Tensors whose elements were small enough to be kept. */
export function storedTensors(tensors: readonly LoggedTensor[] | null): OutputTensor[] {
  return (tensors ?? []).flatMap(({ data, ...tensor }) => (data ? [{ ...tensor, data }] : []));
}

/** Whether the answer turned out to be true; undefined while nobody has said. */
export function isCorrect(prediction: Logged, labels: Signature["labels"]): boolean | undefined {
  const { label } = prediction;
  if (typeof prediction.isCorrect === "boolean") return prediction.isCorrect;
  // Nothing of the kind was stored by earlier releases, and is not for several rows.
  const predicted = predictionOf(prediction, labels);
  if (label === null || !predicted) return undefined;
  return predicted.text === label || (labels !== undefined && labels[Number(label)] === predicted.text);
}
