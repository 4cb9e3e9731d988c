import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { pointsOf, type StoredPart } from "../metrics/read-points.ts";
import { sortedSet } from "../metrics/stored-point.ts";

/** Points of a curve that is as wide as a word. */
const ticks = 24;

/**
 * Returns the curve of one metric in each of these runs, for a sparkline: the values at 24 evenly spaced steps. Each takes one index
 * lookup, regardless of the run's length. NaN is null.
 */
export async function listSmallCurves(
  ctx: Context,
  input: { runIds: readonly string[]; key: string },
): Promise<Map<string, { at: number; value: number | null }[]>> {
  permit(ctx, "listSmallCurves");
  const runIds = sql.param([...input.runIds]);
  // For each tick, reads the chunk that contains its step, or else starts after it, and the first unpacked point from there on.
  const { rows } = await ctx.db.execute<StoredPart & { run_id: string; first: number; last: number }>(sql`
    with series as (
      select id, run_id, step as last, least(
        (select min(first_step) from metric_chunks where series_id = id), (select min(step) from metric_points where series_id = id)
      ) as first
      from metric_series
      where workspace_id = ${ctx.actor.workspaceId} and key = ${input.key} and run_id = any(${runIds}::text[])
    ), tick as (
      select series.id, series.first + (series.last - series.first) * tick / ${ticks - 1}::integer as step
      from series cross join generate_series(0, ${ticks - 1}::integer) as tick
    ), part as (
      select distinct chunk.series_id, chunk.first_step, chunk.first_timestamp, chunk.first_value
      from tick cross join lateral (
        select * from metric_chunks where series_id = tick.id and last_step >= tick.step
        order by first_step, first_timestamp, first_value limit 1
      ) as chunk
    )
    select series.run_id, series.first, series.last, chunk.points, chunk.first_step, chunk.earliest,
      null::double precision as value, chunk.data
    from part join metric_chunks chunk using (series_id, first_step, first_timestamp, first_value)
    join series on series.id = part.series_id
    union all
    select series.run_id, series.first, series.last, 1, point.step, point.timestamp, point.value, null
    from tick join series using (id) cross join lateral (
      select * from metric_points where series_id = tick.id and step >= tick.step order by step, timestamp limit 1
    ) as point`);
  const byRun = Map.groupBy(rows, (row) => row.run_id);
  return new Map([...byRun].map(([runId, parts]) => [runId, drawSmall(parts)]));
}

function drawSmall(parts: (StoredPart & { first: number; last: number })[]) {
  const points = sortedSet(parts.flatMap(pointsOf));
  const { first, last } = parts[0] as { first: number; last: number };
  const drawn = new Set(
    Array.from({ length: ticks }, (_, tick) => {
      const step = first + Math.trunc(((last - first) * tick) / (ticks - 1));
      return points.find((point) => point.step >= step);
    }),
  );
  return [...drawn].flatMap((point) =>
    point ? { at: point.step, value: Number.isFinite(point.value) ? point.value : null } : [],
  );
}

/** Returns the loss that ends in NaN, and the first step of its NaN values, for each of these runs that has one. */
export async function listNanStarts(
  ctx: Context,
  runIds: readonly string[],
): Promise<Map<string, { key: string; step: number }>> {
  permit(ctx, "listNanStarts");
  if (runIds.length === 0) return new Map();
  const { rows } = await ctx.db.execute<{ run_id: string; key: string; step: string }>(sql`
    select distinct on (series.run_id) series.run_id, series.key, start.step
    from metric_series as series
    cross join lateral (
      select least(
        (select min(nan_step) from metric_chunks where series_id = series.id),
        (select min(step) from metric_points where series_id = series.id and value = 'NaN')
      ) as step
    ) as start
    where series.workspace_id = ${ctx.actor.workspaceId} and series.run_id = any(${sql.param([...runIds])}::text[])
      and series.value = 'NaN' and series.key ilike '%loss%'
    order by series.run_id, start.step, series.key`);
  return new Map(rows.map((row) => [row.run_id, { key: row.key, step: Number(row.step) }]));
}

/** Returns the last step that each of these runs logged, for any metric except Leeway's own metrics of the machine. */
export async function listLastSteps(
  ctx: Context,
  runIds: readonly string[],
): Promise<Map<string, { key: string; step: number }[]>> {
  permit(ctx, "listLastSteps");
  if (runIds.length === 0) return new Map();
  const { rows } = await ctx.db.execute<{ run_id: string; key: string; step: string }>(sql`
    select distinct on (run_id) run_id, key, step from metric_series
    where workspace_id = ${ctx.actor.workspaceId} and run_id = any(${sql.param([...runIds])}::text[]) and key not like 'system/%'
    order by run_id, step desc`);
  return new Map(rows.map(({ run_id, key, step }) => [run_id, [{ key, step: Number(step) }]]));
}
