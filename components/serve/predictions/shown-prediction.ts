import { type OutputTensor, viewOutputs } from "#components/serve/tensors/outputs.ts";
import { formatNumber, noValue } from "#components/ui/format.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { Prediction } from "#server/serve/predictions/contract.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";

/** Prediction of a logged request, in a few words. */
export interface ShownPrediction {
  text: string;
  /** Confidence of the model; null for outputs that are not probabilities. */
  share: number | null;
}

type Logged = Pick<Wire<Prediction>, "outputs" | "label"> & Partial<Pick<Wire<Prediction>, "isCorrect">>;

/** Returns the first output of the first row: the likeliest class, or its numbers. Undefined when nothing was stored. */
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

/** Returns the tensors whose elements were small enough to be stored. */
export function storedTensors(tensors: readonly LoggedTensor[] | null): OutputTensor[] {
  return (tensors ?? []).flatMap(({ data, ...tensor }) => (data ? [{ ...tensor, data }] : []));
}

/** Returns whether the prediction was correct; undefined without a label. */
export function isCorrect(prediction: Logged, labels: Signature["labels"]): boolean | undefined {
  const { label } = prediction;
  if (typeof prediction.isCorrect === "boolean") return prediction.isCorrect;
  // `isRight` is not stored by earlier releases, nor for requests of several rows.
  const predicted = predictionOf(prediction, labels);
  if (label === null || !predicted) return undefined;
  return predicted.text === label || (labels !== undefined && labels[Number(label)] === predicted.text);
}
