import { type SQL, sql } from "drizzle-orm";
import { type Context, transact } from "#server/base/context.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";

/**
 * Removes all metrics of runs: every point, and the series with their latest values. The runs stay. The caller decides that the runs
 * may go, and records it; doing it again changes nothing. A job then gives the space back to the disk.
 * @param options.isMoreToCome true when the caller has that job done itself, at the end of many such calls.
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

/** Of a point that is not packed, with its entry in the index; measured on 631,210 points. */
const bytesPerPoint = 172;
/** Of a chunk besides its data: the other columns, its headers, its entry in the index. */
const bytesPerChunk = 170;

/** About how many bytes the metric points of runs take in the database, indexes included. */
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
