import { evaluationRuns } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { createEvaluationSet } from "#server/release/evaluation/sets/create-evaluation-set.ts";

/** Creates a set whose rows are still to be read, and an evaluation and a robustness run of a version on it that wait. */
export async function evaluate(
  ctx: Context,
  { versionId, dataset, digest }: { versionId: string; dataset: string; digest: string },
  secret: string,
) {
  const task = { kind: "classification" as const, label: "text" };
  const definition = { dataset: { name: dataset, digest }, task };
  const { id: evaluationSetId } = await createEvaluationSet(ctx, { name: "a-set", definition, note: secret });
  const run = {
    workspaceId: ctx.actor.workspaceId,
    setId: evaluationSetId,
    versionId,
    modelDigest: secret,
    rowsTotal: 2,
    createdBy: secret,
  };
  const settings = { kinds: ["typos"], severities: 5, rows: 2, seed: 1 };
  const rows = await ctx.db
    .insert(evaluationRuns)
    .values([
      { ...run, kind: "evaluation" },
      { ...run, kind: "robustness", settings },
    ])
    .returning({ id: evaluationRuns.id, kind: evaluationRuns.kind });
  const idOf = (kind: string) => rows.find((row) => row.kind === kind)?.id ?? "";
  return { evaluationSetId, evaluationRunId: idOf("evaluation"), robustnessRunId: idOf("robustness") };
}
