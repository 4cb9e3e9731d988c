import type { TensorSpec } from "../onnx/contract.ts";
import type { Pipeline } from "./definition.ts";
import { planAfter } from "./plan-after.ts";
import { planColumns } from "./plan-columns.ts";
import { planImage } from "./plan-image.ts";
import type { Target } from "./target.ts";

/** What clients send to a version through its pipeline and get from it, or why the pipeline does not fit the version. */
export interface PipelinePlan {
  /** Of the pipeline, then those of the model that it leaves alone. */
  inputs: TensorSpec[];
  /** Of the pipeline only; the model's own can be asked for besides. */
  outputs: TensorSpec[];
  /** Each names the part and the step, what is expected and what is there. Empty when the pipeline fits. */
  problems: string[];
}

/** Follows types and shapes through every step, from what clients send to what the model takes, and from what it gives to what they get. */
export function planPipeline({ before, after }: Pipeline, model: Target): PipelinePlan {
  const parts = before.map((part, index) => ({
    where: `before ${index + 1}`,
    ...(part.kind === "image" ? planImage(part, model) : planColumns(part, model)),
  }));
  const outputs = after.map((part) => ({ where: `after "${part.name}"`, ...planAfter(part, model) }));
  const filled = parts.flatMap((part) => part.fills);
  const inputs = parts.flatMap((part) => part.inputs);
  const problems = [
    ...[...parts, ...outputs].flatMap(({ where, problems }) => problems.map((problem) => `${where}: ${problem}`)),
    ...collisions(inputs, model.inputs, "input"),
    ...collisions(
      outputs.flatMap(({ output }) => output ?? []),
      model.outputs,
      "output",
    ),
    ...filled
      .filter((name, index) => filled.indexOf(name) !== index)
      .map((name) => `The model input "${name}" is set twice.`),
  ];
  const left = model.inputs.filter(({ name }) => !filled.includes(name));
  return { inputs: [...inputs, ...left], outputs: outputs.flatMap(({ output }) => output ?? []), problems };
}

/** A request says by its names whether it means the model or the pipeline. */
function collisions(own: TensorSpec[], model: TensorSpec[], kind: string): string[] {
  return own
    .filter(({ name }) => model.some((spec) => spec.name === name))
    .map(
      ({ name }) =>
        `The ${kind} "${name}" has the same name as a model ${kind}. Rename it, for example to "raw_${name}".`,
    );
}
