import { and, count, countDistinct, desc, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import { datasetVersions, evaluationRuns, evaluationSets } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type EvaluationSet, ListEvaluationSets } from "../contract.ts";
import { describeUsage } from "./set-usage.ts";

/** Lists evaluation sets, newest first. */
export async function listEvaluationSets(ctx: Context, input: ListEvaluationSets = {}): Promise<EvaluationSet[]> {
  permit(ctx, "listEvaluationSets");
  const { dataset, taskKind, includeRetired, limit } = ListEvaluationSets.parse(input);
  return readSets(
    ctx,
    and(
      dataset === undefined ? undefined : eq(datasetVersions.name, dataset),
      taskKind === undefined ? undefined : sql`${evaluationSets.definition} #>> '{task,kind}' = ${taskKind}`,
      includeRetired ? undefined : isNull(evaluationSets.retiredAt),
    ),
    limit,
  );
}

/** Returns one set with what was found in its rows. @throws DomainError "not-found" */
export async function getEvaluationSet(ctx: Context, id: string): Promise<EvaluationSet> {
  permit(ctx, "getEvaluationSet");
  return loadEvaluationSet(ctx, id);
}

/** Returns a set inside a command. @throws DomainError "not-found" */
export async function loadEvaluationSet(ctx: Context, id: string): Promise<EvaluationSet> {
  const [set] = await readSets(ctx, eq(evaluationSets.id, id), 1);
  if (!set) throw noEvaluationSet();
  return set;
}

/** Returns a set with where its rows are. @throws DomainError "not-found", "conflict" while it has none */
export async function findReadySet(ctx: Context, id: string) {
  const isThis = and(eq(evaluationSets.workspaceId, ctx.actor.workspaceId), eq(evaluationSets.id, id));
  const [row] = await ctx.db
    .select({ set: evaluationSets, dataset: datasetVersions })
    .from(evaluationSets)
    .innerJoin(datasetVersions, eq(datasetVersions.id, evaluationSets.datasetVersionId))
    .where(isThis);
  if (!row) throw noEvaluationSet();
  const { set, dataset } = row;
  const { facts, rowsKey, state, name } = set;
  if (facts && rowsKey) return { ...set, facts, rowsKey, dataset };
  throw new DomainError(
    "conflict",
    state === "failed"
      ? `The rows of set "${name}" could not be used: ${set.problem?.message ?? "see the set"}`
      : `The rows of set "${name}" are still being read. Try again soon.`,
  );
}

/** Finds the set that is meant by a name and a digest; undefined if there is none. */
export async function findSetByDigest(ctx: Context, { name, digest }: { name: string; digest: string }) {
  const isThis = and(eq(evaluationSets.name, name), eq(evaluationSets.digest, digest));
  const [row] = await ctx.db
    .select()
    .from(evaluationSets)
    .where(and(eq(evaluationSets.workspaceId, ctx.actor.workspaceId), isThis));
  return row;
}

function noEvaluationSet(): DomainError {
  return new DomainError("not-found", "Evaluation set not found. See the evaluation of a version.");
}

async function readSets(ctx: Context, where: SQL | undefined, limit: number): Promise<EvaluationSet[]> {
  const rows = await ctx.db
    .select({ set: evaluationSets, rowsExpected: datasetVersions.rows })
    .from(evaluationSets)
    .innerJoin(datasetVersions, eq(datasetVersions.id, evaluationSets.datasetVersionId))
    .where(and(eq(evaluationSets.workspaceId, ctx.actor.workspaceId), where))
    .orderBy(desc(evaluationSets.createdAt), desc(evaluationSets.id))
    .limit(limit);
  const usage = await readUsage(
    ctx,
    rows.map(({ set }) => set.id),
  );
  return rows.map(({ set, rowsExpected }) => {
    const { workspaceId: _w, datasetVersionId: _d, rowsKey: _k, ...rest } = set;
    return { ...rest, rowsExpected, usage: usage.get(set.id) ?? describeUsage(0, 0) };
  });
}

async function readUsage(ctx: Context, ids: string[]): Promise<Map<string, EvaluationSet["usage"]>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .select({ setId: evaluationRuns.setId, runs: count(), versions: countDistinct(evaluationRuns.versionId) })
    .from(evaluationRuns)
    .where(
      and(
        eq(evaluationRuns.workspaceId, ctx.actor.workspaceId),
        inArray(evaluationRuns.setId, ids),
        eq(evaluationRuns.state, "done"),
      ),
    )
    .groupBy(evaluationRuns.setId);
  return new Map(rows.map(({ setId, runs, versions }) => [setId, describeUsage(runs, versions)]));
}
