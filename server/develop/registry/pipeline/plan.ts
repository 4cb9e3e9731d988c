import type { TensorSpec } from "../onnx/contract.ts";
import { featuresPartOf, type Pipeline } from "./definition.ts";
import { planAfter } from "./plan-after.ts";
import { planColumns } from "./plan-columns.ts";
import { planFeatures } from "./plan-features.ts";
import { planImage } from "./plan-image.ts";
import type { Target } from "./target.ts";

/** Inputs and outputs of a version with its pipeline, or the reasons why the pipeline does not fit the version. */
export interface PipelinePlan {
  /** Inputs of the pipeline, followed by those of the model that the pipeline does not change: what a request has to bring. */
  inputs: TensorSpec[];
  /** Inputs that a request may bring instead of having them looked up. */
  optional: TensorSpec[];
  /** Inputs once features are looked up: what the steps take, followed by those of the model that the pipeline does not change. */
  content: TensorSpec[];
  /** Outputs of the pipeline only; clients can request the model's own outputs as well. */
  outputs: TensorSpec[];
  /** Each names the part and the step, what is expected and what is there. Empty when the pipeline fits. */
  problems: string[];
}

/** Follows types and shapes through every step, from the request to the model's inputs, and from the model's outputs to the response. */
export function planPipeline({ before, after }: Pipeline, model: Target): PipelinePlan {
  const parts = planSteps(before, model);
  const outputs = after.map((part) => ({ where: `after "${part.name}"`, ...planAfter(part, model) }));
  const filled = parts.flatMap((part) => part.fills);
  const steps = parts.flatMap((part) => part.inputs);
  const left = model.inputs.filter(({ name }) => !filled.includes(name));
  const lookUp = planLookUps({ before, after }, parts, left);
  const own = [...lookUp.inputs, ...steps];
  const problems = [
    ...lookUp.problems.map((problem) => `before 1: ${problem}`),
    ...[...parts, ...outputs].flatMap(({ where, problems }) => problems.map((problem) => `${where}: ${problem}`)),
    ...collisions(own, model.inputs, "input"),
    ...collisions(
      outputs.flatMap(({ output }) => output ?? []),
      model.outputs,
      "output",
    ),
    ...filled
      .filter((name, index) => filled.indexOf(name) !== index)
      .map((name) => `The model input "${name}" is set twice.`),
  ];
  const content = [...steps, ...left];
  const isLookedUp = ({ name }: TensorSpec) => lookUp.filled.includes(name);
  return {
    inputs: [...own, ...left].filter((input) => !isLookedUp(input)),
    optional: featuresPartOf({ before, after })?.override ? content.filter(isLookedUp) : [],
    content,
    outputs: outputs.flatMap(({ output }) => output ?? []),
    problems,
  };
}

/** Returns the inputs of the model that no step fills: a request brings them, or they are looked up. */
export function inputsLeft({ before }: Pipeline, model: Target): TensorSpec[] {
  const filled = planSteps(before, model).flatMap((part) => part.fills);
  return model.inputs.filter(({ name }) => !filled.includes(name));
}

function planSteps(before: Pipeline["before"], model: Target) {
  return before.flatMap((part, index) => {
    if (part.kind === "features") return [];
    const planned = part.kind === "image" ? planImage(part, model) : planColumns(part, model);
    return [{ kind: part.kind, where: `before ${index + 1}`, ...planned }];
  });
}

function planLookUps(
  pipeline: Pipeline,
  parts: ReturnType<typeof planSteps>,
  left: TensorSpec[],
): ReturnType<typeof planFeatures> {
  const part = featuresPartOf(pipeline);
  const columns = parts.flatMap(({ kind, inputs }) => (kind === "columns" ? inputs : []));
  return part ? planFeatures(part, columns, left) : { inputs: [], filled: [], problems: [] };
}

/** Returns names that the model and the pipeline share. A request selects the model or the pipeline by its tensor names. */
function collisions(own: TensorSpec[], model: TensorSpec[], kind: string): string[] {
  return own
    .filter(({ name }) => model.some((spec) => spec.name === name))
    .map(
      ({ name }) =>
        `The ${kind} "${name}" has the same name as a model ${kind}. Rename it, for example to "raw_${name}".`,
    );
}
