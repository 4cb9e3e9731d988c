import type { TensorSpec } from "../onnx/contract.ts";
import type { AfterPart } from "./definition.ts";
import { listed, type Target } from "./target.ts";

const floats: readonly string[] = ["FP32", "FP64"];
const wholes: readonly string[] = ["INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64"];

/** Follows an output of the model through the steps after it. */
export function planAfter(
  { name, from, steps }: AfterPart,
  model: Target,
): { output: TensorSpec | undefined; problems: string[] } {
  const spec = model.outputs.find((output) => output.name === from);
  if (!spec) {
    return { output: undefined, problems: [`the model has no output "${from}"; it has ${listed(model.outputs)}.`] };
  }
  const problems: string[] = [];
  let value: TensorSpec = spec;
  /** Number of classes that an index can name, where that is known. */
  let classes: number | undefined;
  for (const [index, step] of steps.entries()) {
    const last = value.shape.at(-1);
    const problem = problemOf(value, step, model.labels, classes);
    if (problem) problems.push(`step ${index + 1}, ${step.step}: ${problem}`);
    if (step.step === "threshold") classes = 2;
    else if (step.step === "argmax" || step.step === "top-k") classes = typeof last === "number" ? last : undefined;
    value = after(value, step);
  }
  return { output: { ...value, name }, problems };
}

function problemOf(
  value: TensorSpec,
  step: AfterPart["steps"][number],
  fileLabels: string[] | undefined,
  classes: number | undefined,
): string | undefined {
  if (step.step === "labels") {
    if (!wholes.includes(value.datatype)) return `expected integers, as produced by argmax, got ${value.datatype}.`;
    const labels = step.labels ?? fileLabels;
    if (!labels) return "the model file contains no labels: specify them in this step.";
    return classes === undefined || classes === labels.length
      ? undefined
      : `expected ${classes} labels, got ${labels.length}.`;
  }
  if (!floats.includes(value.datatype)) return `expected FP32 or FP64, got ${value.datatype}.`;
  if (step.step === "sigmoid" || step.step === "threshold" || step.step === "round") return undefined;
  if (value.shape.length < 2) return `expected values of several classes per row, got ${value.shape.length} axis.`;
  const last = value.shape.at(-1);
  if (step.step !== "top-k" || typeof last !== "number" || step.k <= last) return undefined;
  return `expected k ≤ ${last}, got ${step.k}.`;
}

function after(value: TensorSpec, step: AfterPart["steps"][number]): TensorSpec {
  switch (step.step) {
    case "argmax":
      return { ...value, datatype: "INT64", shape: value.shape.slice(0, -1) };
    case "top-k":
      return {
        ...value,
        datatype: step.give === "classes" ? "INT64" : value.datatype,
        shape: [...value.shape.slice(0, -1), step.k],
      };
    case "threshold":
      return { ...value, datatype: "INT64" };
    case "labels":
      return { ...value, datatype: "BYTES" };
    default:
      return value;
  }
}
