import { signatureProblems } from "#server/develop/registry/gates/signature-problems.ts";
import { planPipeline } from "#server/develop/registry/pipeline/plan.ts";
import type { SeenVersion } from "#server/serve/cascade/signature-differences.ts";

/** Lists why another version could not serve the callers of one, by its model and by its pipeline. Empty when it can. */
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
