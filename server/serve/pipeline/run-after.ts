import type { AfterPart, Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import type { NumericData, Tensor } from "../tensor/tensor.ts";

type Step = AfterPart["steps"][number];

/** Computes the requested outputs of a pipeline, by name, from the model's outputs. @throws Error as runAfter does */
export function runOutputs(
  { after }: Pipeline,
  names: readonly string[],
  outputs: readonly Tensor[],
  fileLabels: readonly string[] | undefined,
): Tensor[] {
  return names.map((name) => {
    const part = after.find((each) => each.name === name);
    const output = outputs.find((each) => each.name === part?.from);
    if (!part || !output) throw new Error(`There is nothing to make '${name}' from.`);
    return runAfter(part, output, fileLabels);
  });
}

/**
 * Runs the steps after the model on one output. Arithmetic is in 64-bit floats, rounded once per step to the tensor's type.
 * @param fileLabels names of the classes in the model's file
 * @throws Error when the output does not match its signature, such as all NaN
 */
export function runAfter(part: AfterPart, output: Tensor, fileLabels: readonly string[] | undefined): Tensor {
  let value = output;
  for (const step of part.steps) value = apply(value, step, fileLabels);
  return { ...value, name: part.name };
}

function apply(value: Tensor, step: Step, fileLabels: readonly string[] | undefined): Tensor {
  switch (step.step) {
    case "softmax":
      return byRow(value, softmax);
    case "sigmoid":
      return byElement(value, (logit) => 1 / (1 + Math.exp(-logit)));
    case "round":
      return byElement(value, (number) => Number(number.toFixed(step.digits)));
    case "argmax":
      return best(value, 1, "classes", value.shape.slice(0, -1));
    case "top-k":
      return best(value, step.k, step.give, [...value.shape.slice(0, -1), step.k]);
    case "threshold": {
      const data = BigInt64Array.from(numbersOf(value), (number) => (number >= step.at ? 1n : 0n));
      return { ...value, datatype: "INT64", data };
    }
    case "labels":
      return label(value, step.labels ?? fileLabels ?? []);
  }
}

/** Computes shares that sum to 1: e^x over the sum of all, with the highest subtracted first so that nothing overflows. */
function softmax(row: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(row);
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = values.map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function byElement(value: Tensor, of: (number: number) => number): Tensor {
  return { ...value, data: sameKind(value, numbersOf(value).map(of)) };
}

function byRow(value: Tensor, of: (row: Float64Array) => Float64Array): Tensor {
  const numbers = numbersOf(value);
  const width = value.shape.at(-1) ?? 1;
  for (let at = 0; at < numbers.length; at += width) numbers.set(of(numbers.subarray(at, at + width)), at);
  return { ...value, data: sameKind(value, numbers) };
}

/** Returns the highest values of each row, best first; of equal ones the first. NaN is never the highest. */
function best(value: Tensor, k: number, give: "values" | "classes", shape: number[]): Tensor {
  const numbers = numbersOf(value);
  const width = value.shape.at(-1) ?? 1;
  if (k > width) throw new Error(`Expected at least ${k} classes in '${value.name}', got ${width}.`);
  const indices: number[] = [];
  for (let start = 0; start < numbers.length; start += width) {
    const row = Array.from({ length: width }, (_, index) => index).filter(
      (index) => !Number.isNaN(numbers[start + index]),
    );
    if (row.length < k) throw new Error(`The model's output '${value.name}' has NaN in row ${start / width}.`);
    row.sort((a, b) => (numbers[start + b] ?? 0) - (numbers[start + a] ?? 0) || a - b);
    indices.push(...row.slice(0, k).map((index) => start + index));
  }
  if (give === "values") {
    const data = sameKind(
      value,
      Float64Array.from(indices, (index) => numbers[index] ?? 0),
    );
    return { ...value, shape, data };
  }
  return { ...value, datatype: "INT64", shape, data: BigInt64Array.from(indices, (index) => BigInt(index % width)) };
}

function label(value: Tensor, labels: readonly string[]): Tensor {
  const data = Array.from(value.data as ArrayLike<number | bigint>, (level) => {
    const name = labels[Number(level)];
    if (name === undefined) throw new Error(`Expected a class of 0 to ${labels.length - 1}, got ${level}.`);
    return name;
  });
  return { ...value, datatype: "BYTES", data };
}

function numbersOf({ data }: Tensor): Float64Array {
  return Float64Array.from(data as ArrayLike<number>, Number);
}

function sameKind({ datatype }: Tensor, numbers: Float64Array): NumericData {
  return datatype === "FP64" ? Float64Array.from(numbers) : Float32Array.from(numbers);
}
