import { signatureProblems } from "#server/develop/registry/gates/signature-problems.ts";
import { planPipeline } from "#server/develop/registry/pipeline/plan.ts";
import type { SeenVersion } from "#server/serve/cascade/signature-differences.ts";

/** Why callers of one version could not be answered by another, of the model and of its pipeline. Empty when they can. */
export function compatibilityProblems(stable: SeenVersion, canary: SeenVersion): string[] {
  const own = signatureProblems(stable.signature, canary.signature);
  if (!stable.pipeline) return own;
  if (!canary.pipeline) return [...own, "It has no pipeline, so requests that use the current pipeline are rejected."];
  return [
    ...own,
    ...signatureProblems(through(stable), through(canary)).map((problem) => `With its pipeline: ${problem}`),
  ];
}

function through({ signature, pipeline }: SeenVersion): SeenVersion["signature"] {
  if (!pipeline) return signature;
  const { inputs, outputs } = planPipeline(pipeline.definition, signature);
  return { ...signature, inputs, outputs };
}
