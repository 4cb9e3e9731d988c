import { type SQL, sql } from "drizzle-orm";
import { type Context, transact } from "#server/base/context.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";

/**
 * Removes all metrics of runs: every point, and the series with their latest values. The runs stay. The caller decides that the metrics may
 * be removed, and records it; the operation is idempotent. A job then returns the space to the disk.
 * @param options.isMoreToCome true if the caller enqueues that job itself, after many such calls.
 */
export async function purgePoints(
  ctx: Context,
  runIds: readonly string[],
  options: { isMoreToCome?: boolean } = {},
): Promise<void> {
  permit(ctx, "purgePoints");
  if (runIds.length === 0) return;
  await transact(ctx, async (ctx) => {
    // As writers to a run do, and the worker that packs it.
    await ctx.db.execute(sql`
      select from runs where workspace_id = ${ctx.actor.workspaceId} and id = any(${sql.param([...runIds])}::text[])
      order by id for no key update`);
    const { rowCount } = await ctx.db.execute(sql`
      with series as (${seriesOf(ctx, runIds)}),
      points as (delete from metric_points where series_id in (select id from series)),
      chunks as (delete from metric_chunks where series_id in (select id from series))
      delete from metric_series where id in (select id from series)`);
    if (rowCount && !options.isMoreToCome) await enqueue(ctx, "shrink-metrics", {});
  });
}

/** Size of an unpacked point with its index entry; measured on 631,210 points. */
const bytesPerPoint = 172;
/** Size of a chunk in addition to its data: the other columns, its headers, its index entry. */
const bytesPerChunk = 170;

/** Estimates the number of bytes that the metric points of runs take in the database, including indexes. */
export async function countPointBytes(ctx: Context, runIds: readonly string[]): Promise<number> {
  permit(ctx, "countPointBytes");
  if (runIds.length === 0) return 0;
  const { rows } = await ctx.db.execute<{ bytes: number }>(sql`
    with series as (${seriesOf(ctx, runIds)})
    select coalesce((
      select sum(octet_length(data) + ${bytesPerChunk}::bigint)::bigint
      from metric_chunks where series_id in (select id from series)
    ), 0) + (
      select count(*) * ${bytesPerPoint}::bigint from metric_points where series_id in (select id from series)
    ) as bytes`);
  return rows[0]?.bytes ?? 0;
}

function seriesOf(ctx: Context, runIds: readonly string[]): SQL {
  return sql`
    select id from metric_series
    where workspace_id = ${ctx.actor.workspaceId} and run_id = any(${sql.param([...runIds])}::text[])`;
}
