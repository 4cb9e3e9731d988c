import { sql } from "drizzle-orm";
import type { Context } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";
import type { Point } from "../log-contract.ts";
import { storedValue } from "./check-batch.ts";

/**
 * Stores points of a run that the caller's transaction has locked: the series with their latest points and all points, in one
 * statement. A point that is there already is not stored again, NaN included. The latest point of a series is the one with the
 * greatest (step, timestamp, value), NaN counting as 0.
 */
export async function appendPoints(ctx: Context, runId: string, points: readonly Point[]): Promise<void> {
  if (points.length === 0) return;
  const { workspaceId } = ctx.actor;
  const column = <Value>(read: (point: Point) => Value) => sql.param(points.map(read));
  await ctx.db.execute(sql`
    with point as (
      select key, step, timestamp, value, case when value = 'NaN' then 0 else value end as rank
      from unnest(
        ${column(({ key }) => key)}::text[], ${column(({ step }) => step)}::bigint[],
        ${column(({ timestamp }) => timestamp)}::bigint[], ${column(({ value }) => storedValue(value))}::double precision[]
      ) as sent (key, step, timestamp, value)
    ), series as (
      insert into metric_series (workspace_id, run_id, key, step, timestamp, value)
      select distinct on (key) ${workspaceId}::uuid, ${runId}, key, step, timestamp, value
      from point order by key, step desc, timestamp desc, rank desc
      on conflict (run_id, key) do update set (step, timestamp, value) = (
        select step, timestamp, value
        from (values
          (metric_series.step, metric_series.timestamp, metric_series.value),
          (excluded.step, excluded.timestamp, excluded.value)
        ) as candidate (step, timestamp, value)
        order by step desc, timestamp desc, case when value = 'NaN' then 0 else value end desc limit 1
      )
      returning id, key
    )
    insert into metric_points (series_id, step, timestamp, value)
    select series.id, point.step, point.timestamp, point.value from point join series using (key)
    on conflict do nothing`);
  await attachToModels(ctx, runId, points);
}

/** Points that name a logged model belong to it too, also when the run has them already. */
async function attachToModels(ctx: Context, runId: string, points: readonly Point[]): Promise<void> {
  const attached = points.filter((point) => point.modelId);
  if (attached.length === 0) return;
  const { workspaceId } = ctx.actor;
  const column = <Value>(read: (point: Point) => Value) => sql.param(attached.map(read));
  const { rows: unknown } = await ctx.db.execute<{ id: string }>(sql`
    select sent.id from unnest(${column(({ modelId }) => modelId)}::text[]) as sent (id)
    where not exists (
      select from logged_models
      where id = sent.id and workspace_id = ${workspaceId} and deleted_at is null
    ) limit 1`);
  if (unknown[0]) throw new DomainError("not-found", `Logged model with ID '${unknown[0].id}' not found.`);
  await ctx.db.execute(sql`
    insert into logged_model_metrics
      (workspace_id, model_id, run_id, key, step, timestamp, value, dataset_name, dataset_digest)
    select ${workspaceId}::uuid, model_id, ${runId}, key, step, timestamp, value, dataset_name, dataset_digest
    from unnest(
      ${column(({ modelId }) => modelId)}::text[], ${column(({ key }) => key)}::text[],
      ${column(({ step }) => step)}::bigint[], ${column(({ timestamp }) => timestamp)}::bigint[],
      ${column(({ value }) => storedValue(value))}::double precision[],
      ${column(({ datasetName }) => datasetName ?? "")}::text[],
      ${column(({ datasetDigest }) => datasetDigest ?? "")}::text[]
    ) as sent (model_id, key, step, timestamp, value, dataset_name, dataset_digest)
    on conflict do nothing`);
}
