import type { TensorSpec } from "#server/registry/onnx/contract.ts";
import type { EscalationRules } from "./contract.ts";

interface Step {
  outputs: readonly TensorSpec[];
  rules: EscalationRules;
}

/** What is wrong with the rules of a cascade's steps, in words; undefined when nothing is. @param steps two or more, in order */
export function rulesProblem(steps: readonly Step[]): string | undefined {
  const problems = steps.map(({ outputs, rules }, place) => {
    const { confidence, onError, timeoutMs, tag } = rules;
    const hasRule = confidence !== null || onError || timeoutMs !== null || tag !== null;
    const isLast = place === steps.length - 1;
    if (isLast) return hasRule ? "The last step has nowhere to hand requests on to. Take its rules away." : undefined;
    if (!hasRule) return `Step ${place + 1} has no rule, so that the next step would never be asked. Give it one.`;
    return confidence ? outputProblem(confidence.output, outputs, place + 1) : undefined;
  });
  return problems.find((problem) => problem !== undefined);
}

function outputProblem(name: string, outputs: readonly TensorSpec[], step: number): string | undefined {
  const names = outputs.map((output) => `"${output.name}"`).join(", ");
  const output = outputs.find((each) => each.name === name);
  if (!output) return `The model of step ${step} has no output "${name}"; it has ${names}.`;
  if (["FP16", "FP32", "FP64"].includes(output.datatype)) return undefined;
  return `The output "${name}" of step ${step} is ${output.datatype}. A confidence is read from probabilities: FP16, FP32 or FP64.`;
}
