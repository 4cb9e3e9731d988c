import type { Tensor } from "./tensor.ts";

/** Prediction of a request, as far as it can be compared with a label, and the model's confidence. */
export interface Verdict {
  /** Class predicted for a single row. */
  answer: string | null;
  /** Number of the class, if the model returned probabilities. */
  outputIndex: number | null;
  /** The highest probability of a row, of the row where it is lowest. */
  confidence: number | null;
}

/** Threshold of the highest probability below which confidence is low; null uses the first output with probabilities. */
interface LowConfidence {
  output: string | null;
  below: number;
}

const maxPredictionLength = 1000;
const sumTolerance = 0.01;

/** Whether a row's highest probability is below the rule's threshold. False when the outputs have no probabilities. */
export function isUnsure(outputs: readonly Tensor[], { output, below }: LowConfidence): boolean {
  const confidence = confidenceOf(outputs, output);
  return confidence !== null && confidence < below;
}

/**
 * Reads the predicted class and confidence from the outputs.
 * @param labels names of the classes.
 * @param output of the probabilities, if known
 */
export function verdictOf(
  outputs: readonly Tensor[],
  labels: readonly string[] | undefined,
  output: string | null,
): Verdict {
  const confidence = confidenceOf(outputs, output);
  for (const tensor of outputs) {
    const values = tensor.shape[0] === 1 || tensor.shape.length === 0 ? tensor.data : [];
    const floats = floatsOf(tensor);
    if (floats && values.length > 0 && isProbabilities(floats, 0, floats.length)) {
      const outputIndex = highestOf(floats);
      return { answer: labels?.[outputIndex] ?? String(outputIndex), outputIndex, confidence };
    }
    // The output is a single label: text, or a whole number.
    if (!floats && values.length === 1) {
      const prediction = tensor.datatype === "BOOL" ? String(Boolean(values[0])) : String(values[0]);
      if (prediction.length <= maxPredictionLength) return { answer: prediction, outputIndex: null, confidence };
    }
  }
  return { answer: null, outputIndex: null, confidence };
}

function confidenceOf(outputs: readonly Tensor[], output: string | null): number | null {
  for (const tensor of outputs) {
    const floats = output === null || tensor.name === output ? floatsOf(tensor) : undefined;
    const rows = tensor.shape[0] ?? 1;
    if (!floats || rows === 0 || floats.length === 0) continue;
    const width = floats.length / rows;
    if (output === null && !isProbabilities(floats, 0, width)) continue;
    return lowestOfHighest(floats, width);
  }
  return null;
}

function lowestOfHighest(values: ArrayLike<number>, width: number): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (let start = 0; start < values.length; start += width) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let at = start; at < start + width; at++) {
      const value = values[at] as number;
      // One value per row is the probability of the second of two classes.
      const share = width === 1 && value >= 0 && value <= 1 ? Math.max(value, 1 - value) : value;
      if (share > highest) highest = share;
    }
    // NaN is no certainty.
    lowest = Math.min(lowest, Number.isFinite(highest) ? highest : 0);
  }
  return lowest;
}

/** Checks for two or more numbers from 0 to 1 that sum to 1. */
function isProbabilities(values: ArrayLike<number>, start: number, width: number): boolean {
  if (width < 2) return false;
  let sum = 0;
  for (let at = start; at < start + width; at++) {
    const value = values[at] as number;
    if (!(value >= 0 && value <= 1)) return false;
    sum += value;
  }
  return Math.abs(sum - 1) <= sumTolerance;
}

function highestOf(values: ArrayLike<number>): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) if ((values[at] as number) > (values[best] as number)) best = at;
  return best;
}

function floatsOf({ datatype, data }: Tensor): ArrayLike<number> | undefined {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  if (datatype !== "FP16" || Array.isArray(data)) return undefined;
  return new Float16Array(data.buffer, data.byteOffset, data.length);
}
