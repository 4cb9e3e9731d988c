import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { EscalationRules } from "./contract.ts";

interface Step {
  outputs: readonly TensorSpec[];
  rules: EscalationRules;
}

/** Describes the problems of a cascade's rules; undefined without any. @param steps two or more, in order */
export function rulesProblem(steps: readonly Step[]): string | undefined {
  const problems = steps.map(({ outputs, rules }, index) => {
    const { confidence, onError, timeoutMs, tag } = rules;
    const hasRule = confidence !== null || onError || timeoutMs !== null || tag !== null;
    const isLast = index === steps.length - 1;
    if (isLast) return hasRule ? "The last step cannot escalate. Remove its rules." : undefined;
    if (!hasRule) return `Step ${index + 1} has no rule, so the next step would never be used. Add one.`;
    return confidence ? outputProblem(confidence.output, outputs, index + 1) : undefined;
  });
  return problems.find((problem) => problem !== undefined);
}

function outputProblem(name: string, outputs: readonly TensorSpec[], step: number): string | undefined {
  const names = outputs.map((output) => `"${output.name}"`).join(", ");
  const output = outputs.find((each) => each.name === name);
  if (!output) return `The model of step ${step} has no output "${name}". Available outputs: ${names}.`;
  if (["FP16", "FP32", "FP64"].includes(output.datatype)) return undefined;
  return `Output "${name}" of step ${step} is ${output.datatype}. Confidence requires probabilities (FP16, FP32 or FP64).`;
}
