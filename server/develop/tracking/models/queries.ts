import { asc, inArray, sql } from "drizzle-orm";
import { loggedModelMetrics, loggedModelParams, loggedModels, loggedModelTags } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { asMetricValue } from "../metrics/metric-value.ts";
import { requireOwnModels } from "../runs/own-run.ts";
import type { LoggedModel } from "./contract.ts";
import { noLoggedModel } from "./lock-logged-model.ts";

/** Returns a logged model with its params, tags and metric points. @throws DomainError "not-found"; for a deleted one unless allowed. */
export async function getLoggedModel(
  ctx: Context,
  { modelId, allowDeleted = false }: { modelId: string; allowDeleted?: boolean },
): Promise<LoggedModel> {
  permit(ctx, "getLoggedModel");
  await requireOwnModels(ctx, [modelId]);
  const [model] = await loadLoggedModels(ctx, [modelId]);
  if (!model || (model.isDeleted && !allowDeleted)) throw noLoggedModel(modelId);
  return model;
}

/** Maximum number of models shown per run. */
const maxPerRun = 100;

/** Lists the logged models of a run that are not deleted, oldest first; at most 100. */
export async function listRunModels(ctx: Context, runId: string): Promise<LoggedModel[]> {
  permit(ctx, "listRunModels");
  const { rows } = await ctx.db.execute<{ id: string }>(sql`
    select id from logged_models model
    where workspace_id = ${ctx.actor.workspaceId} and deleted_at is null and (
      source_run_id = ${runId}
      or id in (select model_id from run_models where run_id = ${runId} and is_output)
    )
    order by created_at, id limit ${maxPerRun}`);
  return loadLoggedModels(
    ctx,
    rows.map(({ id }) => id),
  );
}

/** Returns logged models of the caller's workspace, including deleted ones, in the order of their ids. */
export async function loadLoggedModels(ctx: Context, ids: readonly string[]): Promise<LoggedModel[]> {
  if (ids.length === 0) return [];
  const found = await ctx.db
    .select()
    .from(loggedModels)
    .where(inArray(loggedModels.id, [...ids]));
  const own = new Map(found.filter((row) => row.workspaceId === ctx.actor.workspaceId).map((row) => [row.id, row]));
  const known = [...own.keys()];
  if (known.length === 0) return [];
  const params = byModel(
    await ctx.db.select().from(loggedModelParams).where(inArray(loggedModelParams.modelId, known)),
  );
  const tags = byModel(await ctx.db.select().from(loggedModelTags).where(inArray(loggedModelTags.modelId, known)));
  const metrics = byModel(
    await ctx.db
      .select()
      .from(loggedModelMetrics)
      .where(inArray(loggedModelMetrics.modelId, known))
      .orderBy(asc(loggedModelMetrics.id)),
  );
  return ids.flatMap((id) => {
    const row = own.get(id);
    if (!row) return [];
    const { workspaceId, deletedAt, ...model } = row;
    return {
      ...model,
      isDeleted: deletedAt !== null,
      params: params(id).map(({ key, value }) => ({ key, value })),
      tags: tags(id).map(({ key, value }) => ({ key, value })),
      metrics: metrics(id).map((point) => ({
        key: point.key,
        value: asMetricValue(point.value),
        timestamp: point.timestamp,
        step: point.step,
        runId: point.runId,
        datasetName: point.datasetName,
        datasetDigest: point.datasetDigest,
      })),
    };
  });
}

function byModel<Row extends { modelId: string }>(rows: Row[]): (modelId: string) => Row[] {
  const groups = Map.groupBy(rows, ({ modelId }) => modelId);
  return (modelId) => groups.get(modelId) ?? [];
}
