import { DomainError } from "#server/base/errors.ts";
import { type NumericData, type Tensor, tensorTypes } from "../tensor/tensor.ts";
import { numbersOf, numericView } from "../tensor/tensor-numbers.ts";
import type { OcclusionResult } from "./contract.ts";
import { baselineOf, heatOf, hidePatch, type OcclusionBaseline, type Patch, patchesOf } from "./occlusion.ts";
import { type PictureLayout, pictureLayout } from "./picture-layout.ts";
import { greyOf, shrunk } from "./shrink.ts";

/** Maximum number of patches of one explanation; more take a larger stride. */
const maxPatches = 4096;
/** Maximum number of elements of one batch, 8 MB of floats: copying them delays no other request for long. */
const maxElements = 2 ** 21;
const maxRows = 64;
const shownSide = 96;
const heatSide = 64;
const maxStrongest = 3;

export interface PictureQuestion {
  /** Input tensors of the model, one row. */
  tensors: readonly Tensor[];
  patch: number | undefined;
  stride: number | undefined;
  baseline: OcclusionBaseline;
}

export interface PictureOptions {
  /** Runs the rows. @returns the output for each row */
  predict(tensors: Tensor[]): Promise<number[]>;
  /** Whether rows can be batched. */
  isBatched: boolean;
  progress(requestCount: number, total: number): void;
}

/** Returns the input that is a picture, with its layout. Undefined when none is. */
function pictureAmong(tensors: readonly Tensor[]): { tensor: Tensor; spec: PictureLayout } | undefined {
  for (const tensor of tensors) {
    const isPlain = !["BYTES", "BOOL", "INT64", "UINT64"].includes(tensor.datatype);
    const spec = isPlain && tensor.shape[0] === 1 ? pictureLayout(tensor.shape) : undefined;
    if (spec) return { tensor, spec };
  }
  return undefined;
}

/**
 * Finds the parts of a picture that the prediction depends on: each is hidden in turn, and the drop of the prediction is shown.
 * @throws DomainError "invalid" when no input is a picture, or there are too many parts
 */
export async function explainPicture(
  question: PictureQuestion,
  options: PictureOptions,
): Promise<{ prediction: number; requestCount: number; why: OcclusionResult }> {
  const found = pictureAmong(question.tensors);
  if (!found)
    throw new DomainError(
      "invalid",
      "The model has no image input with a single row. Use feature attribution instead.",
    );
  const { tensor, spec } = found;
  const side = Math.min(spec.width, spec.height);
  const size = Math.min(side, question.patch ?? Math.max(2, Math.round(side / 7)));
  const stride = question.stride ?? Math.max(1, Math.floor(size / 2));
  const patches = patchesOf(spec, size, stride);
  if (patches.length > maxPatches) {
    throw new DomainError(
      "invalid",
      `${patches.length} patches exceed the limit of ${maxPatches}. Use a larger stride.`,
    );
  }
  const picture = numbersOf(tensor);
  const baseline = baselineOf(picture, spec, question.baseline, Math.max(1, Math.round(size / 2)));
  const hidden = tensor.datatype.startsWith("FP") ? baseline : baseline.map(Math.round);
  const outputs: number[] = [];
  const total = patches.length + 1;
  const rows = options.isBatched ? Math.max(1, Math.min(maxRows, Math.floor(maxElements / picture.length))) : 1;
  const parts: (Patch | undefined)[] = [undefined, ...patches];
  for (let from = 0; from < total; from += rows) {
    options.progress(outputs.length, total);
    const part = parts.slice(from, from + rows);
    outputs.push(
      ...(await options.predict(
        question.tensors.map((each) => batchOf(each, part, each === tensor ? { hidden, spec } : undefined)),
      )),
    );
  }
  options.progress(total, total);
  const [prediction = 0, ...others] = outputs;
  const falls = others.map((other) => prediction - other);
  const heat = shrunk(heatOf(patches, falls, spec), spec, heatSide);
  const shown = shrunk(greyOf(picture, spec), spec, shownSide);
  const grey = { ...shown, values: shown.values.map(Math.round) };
  const { name: input } = tensor;
  const why = {
    method: "occlusion" as const,
    input,
    picture: grey,
    heat,
    patch: size,
    stride,
    baseline: question.baseline,
  };
  return { prediction, requestCount: total, why: { ...why, strongest: strongestOf(patches, falls) } };
}

/** Copies of the one row, with a part of each hidden where it is the picture. */
function batchOf(
  tensor: Tensor,
  parts: readonly (Patch | undefined)[],
  hiding: { hidden: Float64Array; spec: PictureLayout } | undefined,
): Tensor {
  const { name, datatype, shape, data } = tensor;
  const size = data.length;
  const batched = { name, datatype, shape: [parts.length, ...shape.slice(1)] };
  if (Array.isArray(data)) return { ...batched, data: parts.flatMap(() => data) };
  const copies = tensorTypes[datatype].allocate(size * parts.length) as NumericData;
  for (const [row] of parts.entries()) copies.set(data as never, row * size);
  if (!hiding) return { ...batched, data: copies };
  const view = numericView(datatype, copies) as { [at: number]: number };
  for (const [row, part] of parts.entries()) {
    if (part) hidePatch(view, row * size, hiding.hidden, hiding.spec, part);
  }
  return { ...batched, data: copies };
}

/** Returns the patches with the strongest effect, for the prediction and against it. */
function strongestOf(patches: readonly Patch[], falls: readonly number[]) {
  const all = patches.map((patch, at) => ({ ...patch, fall: falls[at] as number })).sort((a, b) => b.fall - a.fall);
  return [
    ...all.slice(0, maxStrongest).filter(({ fall }) => fall > 0),
    ...all
      .slice(-maxStrongest)
      .toReversed()
      .filter(({ fall }) => fall < 0),
  ];
}
