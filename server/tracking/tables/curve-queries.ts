import { sql } from "drizzle-orm";
import type { Context } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";

/** Points of a curve that is as wide as a word. */
const ticks = 24;

interface TickRow extends Record<string, unknown> {
  run_id: string;
  step: string;
  value: number;
}

/**
 * The course of one metric in each of these runs, for a line as small as a word: the values at 24 steps, evenly apart. Each is
 * one look into the index, however long the run. NaN is null.
 */
export async function listSmallCurves(
  ctx: Context,
  input: { runIds: readonly string[]; key: string },
): Promise<Map<string, { at: number; value: number | null }[]>> {
  permit(ctx, "listSmallCurves");
  const { rows } = await ctx.db.execute<TickRow>(sql`
    select distinct series.run_id, point.step, point.value
    from metric_series as series
    cross join lateral (
      select step from metric_points where series_id = series.id order by step limit 1
    ) as first
    cross join generate_series(0, ${ticks - 1}) as tick
    cross join lateral (
      select step, value from metric_points
      where series_id = series.id and step >= first.step + (series.step - first.step) * tick / ${ticks - 1}
      order by step, timestamp limit 1
    ) as point
    where series.workspace_id = ${ctx.actor.workspaceId} and series.key = ${input.key}
      and series.run_id = any(${sql.param([...input.runIds])}::text[])
    order by series.run_id, point.step`);
  const byRun = Map.groupBy(rows, (row) => row.run_id);
  return new Map([...byRun].map(([runId, points]) => [runId, points.map(toPoint)]));
}

function toPoint({ step, value }: TickRow) {
  return { at: Number(step), value: Number.isFinite(value) ? value : null };
}

/** For each of these runs whose loss is no number at the end: which loss, and the first step at which it was none. */
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
      select min(step) as step from metric_points where series_id = series.id and value = 'NaN'
    ) as start
    where series.workspace_id = ${ctx.actor.workspaceId} and series.run_id = any(${sql.param([...runIds])}::text[])
      and series.value = 'NaN' and series.key ilike '%loss%'
    order by series.run_id, start.step, series.key`);
  return new Map(rows.map((row) => [row.run_id, { key: row.key, step: Number(row.step) }]));
}
