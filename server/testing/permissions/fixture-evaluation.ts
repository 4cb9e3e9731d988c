import { evaluationRuns } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { createEvaluationSet } from "#server/release/evaluation/sets/create-evaluation-set.ts";

/** Creates a set whose rows are still to be read, and an evaluation of a version on it that waits. */
export async function evaluate(
  ctx: Context,
  { versionId, dataset, digest }: { versionId: string; dataset: string; digest: string },
  secret: string,
) {
  const task = { kind: "classification" as const, label: "text" };
  const definition = { dataset: { name: dataset, digest }, task };
  const { id: evaluationSetId } = await createEvaluationSet(ctx, { name: "a-set", definition, note: secret });
  const [run] = await ctx.db
    .insert(evaluationRuns)
    .values({
      workspaceId: ctx.actor.workspaceId,
      setId: evaluationSetId,
      versionId,
      kind: "evaluation",
      modelDigest: secret,
      rowsTotal: 2,
      createdBy: secret,
    })
    .returning({ id: evaluationRuns.id });
  return { evaluationSetId, evaluationRunId: run?.id ?? "" };
}
