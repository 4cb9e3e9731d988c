import { createHash } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { evaluationSets } from "#db/schema/index.ts";
import { canonicalJson } from "#server/base/canonical-json.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findUploadedVersion } from "#server/develop/datasets/lookups.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { CreateEvaluationSet, type EvaluationSet, type EvaluationSetDefinition } from "../contract.ts";
import { rowTest } from "./row-conditions.ts";
import { loadEvaluationSet } from "./set-queries.ts";

/**
 * Freezes rows of a dataset version as an evaluation set; a job reads its labels. Repeating it returns the set that exists, and reads it
 * again if that failed: a set is its definition, and another definition is another set.
 * @throws DomainError "not-found" for rows that Leeway does not have, "invalid" for a column or condition that does not fit, "conflict" for
 * one that was retired
 */
export async function createEvaluationSet(ctx: Context, input: CreateEvaluationSet): Promise<EvaluationSet> {
  permit(ctx, "createEvaluationSet");
  const { name, definition, note } = CreateEvaluationSet.parse(input);
  return transact(ctx, async (ctx) => {
    const version = await findUploadedVersion(ctx, definition.dataset);
    checkColumns(
      definition,
      version.columns.map((column) => column.name),
    );
    const { workspaceId, name: createdBy } = ctx.actor;
    const digest = createHash("sha256")
      .update(canonicalJson({ definition, rows: version.sha256 }))
      .digest("hex");
    const [created] = await ctx.db
      .insert(evaluationSets)
      .values({ workspaceId, name, digest, datasetVersionId: version.id, definition, note, createdBy })
      .onConflictDoNothing()
      .returning({ id: evaluationSets.id });
    if (!created) return existing(ctx, name, digest);
    await enqueue(ctx, "freeze-evaluation-set", { setId: created.id });
    await record(ctx, "evaluation-set.created", {
      subject: `evaluation-set/${name}`,
      after: { id: created.id, digest, definition },
    });
    await publish(ctx, "evaluation", created.id);
    return loadEvaluationSet(ctx, created.id);
  });
}

async function existing(ctx: Context, name: string, digest: string): Promise<EvaluationSet> {
  const isSame = and(
    eq(evaluationSets.workspaceId, ctx.actor.workspaceId),
    eq(evaluationSets.name, name),
    eq(evaluationSets.digest, digest),
  );
  const [row] = await ctx.db.select({ id: evaluationSets.id }).from(evaluationSets).where(isSame);
  const set = await loadEvaluationSet(ctx, row?.id ?? "");
  if (set.retiredAt) throw new DomainError("conflict", `Set "${name}" with these rows was retired. Use another name.`);
  if (set.state !== "failed") return set;
  // What failed was perhaps the store.
  await ctx.db
    .update(evaluationSets)
    .set({ state: "waiting", problem: null, finishedAt: null })
    .where(and(isSame, eq(evaluationSets.state, "failed")));
  await enqueue(ctx, "freeze-evaluation-set", { setId: set.id });
  await publish(ctx, "evaluation", set.id);
  return loadEvaluationSet(ctx, set.id);
}

/** @throws DomainError "invalid" */
function checkColumns(definition: EvaluationSetDefinition, columns: readonly string[]): void {
  const { task, segments, groups, weight, cluster, filter, excluded } = definition;
  const named = [
    task.label,
    weight,
    cluster,
    ...groups,
    ...segments.map((segment) => ("column" in segment ? segment.column : null)),
    ...("list" in task ? [task.list] : []),
    ...("machine" in task ? [task.machine] : []),
    ...("offsets" in task ? [task.offsets] : []),
    ...("series" in task ? [task.series, task.horizon] : []),
    ...Object.values(definition.columns),
  ];
  const missing = named.find((name) => name !== null && !columns.includes(name));
  if (missing) throw new DomainError("invalid", `"${definition.dataset.name}" has no column "${missing}".`);
  const filters = [...segments, ...excluded].flatMap((part) => ("filter" in part ? [part.filter] : []));
  for (const text of filter === null ? filters : [filter, ...filters]) rowTest(text, columns);
  const hasWeights = task.kind === "classification" || task.kind === "regression" || task.kind === "forecast";
  if (weight !== null && !hasWeights)
    throw new DomainError("invalid", "Only rows of classes and numbers have weights.");
  const names = segments.map((segment) => ("column" in segment ? `${segment.column}=` : segment.name));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new DomainError("invalid", `Segment "${twice.replace(/=$/, "")}" is defined twice.`);
}
