import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { type Tensor, tensorTypes } from "../tensor/tensor.ts";
import { joinRequests, splitOutputs } from "./join-batch.ts";
import { madeUpInputs } from "./warm-up.ts";

/**
 * Explains why rows of different requests cannot be batched for a model, by its signature alone: every input and output needs a
 * free first dimension, and no other dimension may depend on it. Undefined when they can.
 */
export function unbatchableReason({ inputs, outputs }: Signature): string | undefined {
  const named = [
    ...inputs.map((spec) => ["input", spec] as const),
    ...outputs.map((spec) => ["output", spec] as const),
  ];
  const fixed = named.find(([, { shape }]) => typeof shape[0] !== "string");
  if (fixed) {
    const [kind, { name, shape }] = fixed;
    const what = shape.length === 0 ? "is a single value" : `has ${shape[0]} as its fixed first dimension`;
    return `The ${kind} '${name}' ${what}; batching requires a free dimension.`;
  }
  const rowNames = new Set(named.map(([, { shape }]) => shape[0]).filter((dimension) => dimension !== ""));
  const tied = named.find(([, { shape }]) => shape.slice(1).some((dimension) => rowNames.has(dimension)));
  return tied && `The ${tied[0]} '${tied[1].name}' uses the row count in another dimension as well.`;
}

/** Factor between two requests of one batch, at which rounding by the larger one wipes out the smaller one. */
const mixedFactor = 1000;

/**
 * Tests whether synthetic requests get the same outputs in one batch as each alone: two alike, and one beside another whose numbers are a
 * thousand times as large.
 * @param run runs the model on one set of inputs
 * @returns why they do not, or why that could not be tested; undefined when they do
 */
export async function whyNotProven(
  signature: Signature,
  run: (tensors: Tensor[]) => Promise<Tensor[]>,
): Promise<string | undefined> {
  const request = (seed: number, factor = 1) => madeUpInputs(signature, seed, factor);
  try {
    const together = splitOutputs(await run(joinRequests([request(0), request(1)])), [1, 1]);
    const beside = splitOutputs(await run(joinRequests([request(0), request(1, mixedFactor)])), [1, 1]);
    const alone = [await run(request(0)), await run(request(1))];
    const differs = (batched: Tensor[] | undefined, own: Tensor[] | undefined) => (spec: TensorSpec, index: number) =>
      !isClose(spec, batched?.[index] as Tensor, own?.[index] as Tensor);
    const { outputs } = signature;
    const wrong = outputs.find(differs(together[0], alone[0])) ?? outputs.find(differs(together[1], alone[1]));
    if (wrong) return `Batched requests return a different '${wrong.name}' than individual ones.`;
    // The larger one is not compared: what it sums up is rounded more coarsely.
    const mixed = outputs.find(differs(beside[0], alone[0]));
    return mixed && `A request beside one with larger numbers returns a different '${mixed.name}' than alone.`;
  } catch (cause) {
    return `Two synthetic requests could not be batched: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

/**
 * Compares two outputs: equal, or for floats within a thousandth of the largest element, since another number of rows is summed in
 * another order.
 */
function isClose({ datatype }: TensorSpec, a: Tensor, b: Tensor): boolean {
  if (a.data.length !== b.data.length || String(a.shape) !== String(b.shape)) return false;
  const isFloat = datatype === "FP32" || datatype === "FP64" || datatype === "FP16";
  if (!isFloat) return (a.data as unknown[]).every((value, index) => value === b.data[index]);
  const [left, right] = [floatsOf(a), floatsOf(b)];
  const largest = left.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
  const tolerance = (datatype === "FP16" ? 1e-2 : 1e-3) * largest + 1e-6;
  return left.every((value, index) => {
    const other = right[index] as number;
    return Object.is(value, other) || value === other || Math.abs(value - other) <= tolerance;
  });
}

function floatsOf({ datatype, data }: Tensor): number[] {
  if (datatype !== "FP16") return Array.from(data as Float32Array);
  const bits = tensorTypes.FP16.allocate(data.length) as Uint16Array<ArrayBuffer>;
  bits.set(data as Uint16Array);
  return Array.from(new Float16Array(bits.buffer));
}
