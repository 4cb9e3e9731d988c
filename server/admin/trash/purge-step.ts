import { and, eq, inArray, isNotNull, sql } from "drizzle-orm";
import { experiments, loggedModels, runs, trashedModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { purgePoints } from "#server/develop/tracking/metrics/purge-points.ts";
import { releaseArtifacts } from "#server/platform/artifacts/release-artifacts.ts";
import type { TrashKind } from "#server/platform/purge-lock/contract.ts";
import type { TrashKey } from "./contract.ts";

/** Runs or logged models of one transaction. */
const burst = 100;
const tracesAtOnce = 500;

type Step = (ctx: Context, id: string) => Promise<boolean>;

/**
 * Deletes some of what belongs to something in the trash, in the caller's transaction, and releases the files of it. What is gone already
 * is fine.
 * @returns whether there is more to delete
 */
export function purgeStep(ctx: Context, { kind, id }: TrashKey): Promise<boolean> {
  return steps[kind](ctx, id);
}

const steps: Record<TrashKind, Step> = {
  experiment: purgeExperiment,
  run: async (ctx, id) => {
    await purgeRuns(ctx, [id]);
    return false;
  },
  "logged-model": async (ctx, id) => {
    await purgeLoggedModels(ctx, [id]);
    return false;
  },
  model: purgeTrashedModel,
  version: purgeTrashedModel,
};

async function purgeExperiment(ctx: Context, id: string): Promise<boolean> {
  const { workspaceId } = ctx.actor;
  const experimentId = Number(id);
  const some = async (table: typeof runs | typeof loggedModels) => {
    const rows = await ctx.db
      .select({ id: table.id })
      .from(table)
      .where(and(eq(table.workspaceId, workspaceId), eq(table.experimentId, experimentId)))
      .orderBy(table.id)
      .limit(burst);
    return rows.map((row) => row.id);
  };
  const runIds = await some(runs);
  if (runIds.length > 0) return purgeRuns(ctx, runIds);
  const modelIds = await some(loggedModels);
  if (modelIds.length > 0) return purgeLoggedModels(ctx, modelIds);
  const { rowCount } = await ctx.db.execute(sql`
    delete from traces where workspace_id = ${workspaceId} and id in (
      select id from traces where workspace_id = ${workspaceId} and experiment_id = ${experimentId} limit ${tracesAtOnce})`);
  if (rowCount) return true;
  // With its tags, datasets, saved views and rule.
  await ctx.db
    .delete(experiments)
    .where(
      and(eq(experiments.workspaceId, workspaceId), eq(experiments.id, experimentId), isNotNull(experiments.deletedAt)),
    );
  return false;
}

/** Purges deleted runs only: everything of a deleted experiment is deleted with it. */
async function purgeRuns(ctx: Context, ids: readonly string[]): Promise<boolean> {
  await purgePoints(ctx, ids, { isMoreToCome: true });
  const deleted = await ctx.db
    .delete(runs)
    .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), inArray(runs.id, [...ids]), isNotNull(runs.deletedAt)))
    .returning({ root: runs.artifactUri });
  await releaseArtifacts(
    ctx,
    deleted.map(({ root }) => root),
  );
  return deleted.length > 0;
}

async function purgeLoggedModels(ctx: Context, ids: readonly string[]): Promise<boolean> {
  const deleted = await ctx.db
    .delete(loggedModels)
    .where(and(eq(loggedModels.workspaceId, ctx.actor.workspaceId), inArray(loggedModels.id, [...ids])))
    .returning({ root: loggedModels.artifactUri });
  await releaseArtifacts(
    ctx,
    deleted.map(({ root }) => root),
  );
  return deleted.length > 0;
}

/** Purges a model with its versions that were deleted before. Only folders of uploads belong to versions; other folders belong to runs. */
async function purgeTrashedModel(ctx: Context, id: string): Promise<boolean> {
  const { workspaceId } = ctx.actor;
  const { rows } = await ctx.db.execute<{ root: string }>(sql`
    with gone as (
      delete from trashed_models where workspace_id = ${workspaceId} and (id = ${id} or kind = 'version' and model_id = (
        select model_id from ${trashedModels} where workspace_id = ${workspaceId} and id = ${id} and kind = 'model'))
      returning rows
    )
    select distinct version.storage_location as root from gone, jsonb_array_elements(rows) as kept,
      jsonb_populate_recordset(null::model_versions, kept->'rows') as version
    where kept->>'table' = 'model_versions' and version.storage_location like 'mlflow-artifacts:/models/%'`);
  await releaseArtifacts(
    ctx,
    rows.map(({ root }) => root),
  );
  return false;
}
