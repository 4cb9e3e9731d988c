import { and, eq, inArray, sql } from "drizzle-orm";
import { experiments, loggedModels, runs, trashedModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { noteLock } from "#server/base/lock-order.ts";
import { purgePoints } from "#server/develop/tracking/metrics/purge-points.ts";
import { releaseArtifacts } from "#server/platform/artifacts/release-artifacts.ts";
import type { TrashKind } from "#server/platform/purge-lock/contract.ts";
import type { TrashKey } from "./contract.ts";

/** Runs or logged models of one transaction. */
const burst = 100;
const tracesAtOnce = 500;

/** What a step left: more to delete, nothing, or something that is no longer in the trash. */
export type PurgeOutcome = "more" | "done" | "restored";

type Step = (ctx: Context, id: string) => Promise<PurgeOutcome>;

/**
 * Deletes some of what belongs to something in the trash, in the caller's transaction, and releases the files of it. What is gone already
 * is fine. What was restored after the purge was requested is left as it is: each step locks the item and checks again.
 */
export function purgeStep(ctx: Context, { kind, id }: TrashKey): Promise<PurgeOutcome> {
  return steps[kind](ctx, id);
}

const steps: Record<TrashKind, Step> = {
  experiment: purgeExperiment,
  run: purgeRun,
  "logged-model": purgeLoggedModel,
  model: purgeTrashedModel,
  version: purgeTrashedModel,
};

async function purgeExperiment(ctx: Context, id: string): Promise<PurgeOutcome> {
  const { workspaceId } = ctx.actor;
  const experimentId = Number(id);
  const isThis = and(eq(experiments.workspaceId, workspaceId), eq(experiments.id, experimentId));
  noteLock(ctx, "experiment");
  // Held until the step ends, so nothing of it is restored, and nothing is added.
  const [experiment] = await ctx.db
    .select({ deletedAt: experiments.deletedAt })
    .from(experiments)
    .where(isThis)
    .for("update");
  if (!experiment) return "done";
  if (experiment.deletedAt === null) return "restored";
  const some = (table: typeof runs | typeof loggedModels) =>
    ctx.db
      .select({ id: table.id, root: table.artifactUri })
      .from(table)
      .where(and(eq(table.workspaceId, workspaceId), eq(table.experimentId, experimentId)))
      .orderBy(table.id)
      .limit(burst)
      .for("update");
  const itsRuns = await some(runs);
  if (itsRuns.length > 0) {
    await deleteRuns(ctx, itsRuns);
    return "more";
  }
  const itsModels = await some(loggedModels);
  if (itsModels.length > 0) {
    await deleteLoggedModels(ctx, itsModels);
    return "more";
  }
  const { rowCount } = await ctx.db.execute(sql`
    delete from traces where workspace_id = ${workspaceId} and id in (
      select id from traces where workspace_id = ${workspaceId} and experiment_id = ${experimentId} limit ${tracesAtOnce})`);
  if (rowCount) return "more";
  // With its tags, datasets, saved views and rule.
  await ctx.db.delete(experiments).where(isThis);
  return "done";
}

async function purgeRun(ctx: Context, id: string): Promise<PurgeOutcome> {
  noteLock(ctx, "run");
  const [run] = await ctx.db
    .select({ id: runs.id, root: runs.artifactUri, deletedAt: runs.deletedAt })
    .from(runs)
    .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), eq(runs.id, id)))
    .for("update");
  if (!run) return "done";
  if (run.deletedAt === null) return "restored";
  await deleteRuns(ctx, [run]);
  return "done";
}

async function purgeLoggedModel(ctx: Context, id: string): Promise<PurgeOutcome> {
  noteLock(ctx, "logged model");
  const [model] = await ctx.db
    .select({ id: loggedModels.id, root: loggedModels.artifactUri, deletedAt: loggedModels.deletedAt })
    .from(loggedModels)
    .where(and(eq(loggedModels.workspaceId, ctx.actor.workspaceId), eq(loggedModels.id, id)))
    .for("update");
  if (!model) return "done";
  if (model.deletedAt === null) return "restored";
  await deleteLoggedModels(ctx, [model]);
  return "done";
}

interface Owner {
  id: string;
  root: string;
}

/** Deletes runs that the caller has locked and found deleted. */
async function deleteRuns(ctx: Context, found: readonly Owner[]): Promise<void> {
  const ids = found.map(({ id }) => id);
  await purgePoints(ctx, ids, { isMoreToCome: true });
  await ctx.db.delete(runs).where(and(eq(runs.workspaceId, ctx.actor.workspaceId), inArray(runs.id, ids)));
  await releaseRoots(ctx, found);
}

/** Deletes logged models that the caller has locked and found deleted. */
async function deleteLoggedModels(ctx: Context, found: readonly Owner[]): Promise<void> {
  const ids = found.map(({ id }) => id);
  const isOne = and(eq(loggedModels.workspaceId, ctx.actor.workspaceId), inArray(loggedModels.id, ids));
  await ctx.db.delete(loggedModels).where(isOne);
  await releaseRoots(ctx, found);
}

async function releaseRoots(ctx: Context, found: readonly Owner[]): Promise<void> {
  await releaseArtifacts(
    ctx,
    found.map(({ root }) => root),
  );
}

/** Purges a model with its versions that were deleted before. Only folders of uploads belong to versions; other folders belong to runs. */
async function purgeTrashedModel(ctx: Context, id: string): Promise<PurgeOutcome> {
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
  return "done";
}
