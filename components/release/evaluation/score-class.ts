import type { EvaluationSet } from "#server/release/evaluation/contract.ts";

/** Returns the class whose probability a score is: of two classes the one to be found. Undefined where it is that of the prediction. */
export function scoreClass({
  definition: { task },
  facts,
}: Pick<EvaluationSet, "definition" | "facts">): string | undefined {
  if (task.kind !== "classification" || facts?.classes?.length !== 2) return undefined;
  return task.positive ?? facts.classes[1]?.name;
}
