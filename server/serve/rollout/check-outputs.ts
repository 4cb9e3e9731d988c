import { type Tensor, tensorTypes } from "../tensor/tensor.ts";
import { numericView } from "../tensor/tensor-numbers.ts";
import type { ServedRollout } from "./served-rollout.ts";

type Rules = Pick<ServedRollout, "outputRange" | "outputBins" | "binnedOutput">;

/** Maximum number of values to inspect per request; a picture as an output has millions. */
const maxInspected = 10_000;
/** Classes, beyond which a row of numbers is something else. */
export const maxClasses = 1000;

export interface Judgement {
  isInvalid: boolean;
  /** Bin of the prediction among all predictions; undefined if it has none. */
  bin: number | undefined;
}

/**
 * Evaluates the outputs of a model and its pipeline: whether floating-point numbers are NaN, infinite or out of range, and the bin of the
 * prediction, of several rows that of the first one.
 * @param outputs before the response is written, which takes their buffers
 * @param labels of the classes, if they are known
 */
export function checkOutputs(
  outputs: readonly Tensor[],
  rules: Rules,
  labels: readonly string[] | undefined,
): Judgement {
  const binned = rules.binnedOutput === null ? outputs : outputs.filter(({ name }) => name === rules.binnedOutput);
  const bin = rules.outputBins ? binOfNumber(binned, rules.outputBins) : classOf(binned, labels);
  return { isInvalid: hasInvalid(outputs, rules.outputRange), bin };
}

function hasInvalid(outputs: readonly Tensor[], range: Rules["outputRange"]): boolean {
  const low = range?.low ?? -Number.MAX_VALUE;
  const high = range?.high ?? Number.MAX_VALUE;
  let left = maxInspected;
  for (const output of outputs) {
    const values = floatsOf(output);
    if (!values) continue;
    const count = Math.min(values.length, left);
    left -= count;
    for (let at = 0; at < count; at++) {
      const value = values[at] as number;
      // NaN is neither below nor above.
      if (!(value >= low && value <= high)) return true;
    }
  }
  return false;
}

function binOfNumber(outputs: readonly Tensor[], bounds: readonly number[]): number | undefined {
  const value = outputs.map(firstNumber).find((number) => number !== undefined);
  if (value === undefined || Number.isNaN(value)) return undefined;
  const index = bounds.findIndex((bound) => value <= bound);
  return index < 0 ? bounds.length : index;
}

function firstNumber({ datatype, data }: Tensor): number | undefined {
  if (Array.isArray(data) || data.length === 0) return undefined;
  return Number(numericView(datatype, data)[0]);
}

/** Returns the class with the highest number; else that of a single label. */
function classOf(outputs: readonly Tensor[], labels: readonly string[] | undefined): number | undefined {
  for (const output of outputs) {
    const values = floatsOf(output);
    const width = widthOf(output);
    if (values && values.length >= width && width >= 2 && width <= maxClasses) return highest(values, 0, width);
  }
  for (const { datatype, data } of outputs) {
    if (data.length === 0) continue;
    const [first] = data;
    const number = Array.isArray(data) ? (labels?.indexOf(String(first)) ?? -1) : Number(first);
    if (tensorTypes[datatype].runtimeName.startsWith("float")) continue;
    if (Number.isInteger(number) && number >= 0 && number < maxClasses) return number;
  }
  return undefined;
}

type Floats = Float32Array | Float64Array | Float16Array;

/** Returns the elements of a floating-point tensor; undefined for other types. */
export function floatsOf({ datatype, data }: Pick<Tensor, "datatype" | "data">): Floats | undefined {
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  return datatype === "FP16" && !Array.isArray(data) ? (numericView(datatype, data) as Float16Array) : undefined;
}

/** Returns the numbers per row, assuming that the first dimension is rows. */
function widthOf({ shape, data }: Pick<Tensor, "shape" | "data">): number {
  return shape.length < 2 ? data.length : data.length / Math.max(1, shape[0] ?? 1);
}

/** Returns the index of the highest number of a row, relative to the row's start. */
export function highest(values: Floats, start: number, width: number): number {
  let best = 0;
  for (let at = 1; at < width; at++) if ((values[start + at] as number) > (values[start + best] as number)) best = at;
  return best;
}
