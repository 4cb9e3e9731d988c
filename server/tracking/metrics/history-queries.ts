import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";
import type { LatestMetric, Page } from "../contract.ts";
import { noRun } from "../runs/lock-run.ts";
import { decodePageToken, encodePageToken } from "../search/page-token.ts";
import { asMetricValue } from "./metric-value.ts";

/** A point with the run it belongs to. */
export interface RunPoint extends LatestMetric {
  runId: string;
}

/** Most points that one answer carries. */
export const mostPoints = 25_000;

type Row = { run_id: string; key: string; step: number; timestamp: number; value: number };

/**
 * All points of one metric of a run, ordered by (timestamp, step, value), a page at a time.
 * @param input.limit at most 25,000. @throws DomainError "not-found" for an unknown run; an unknown key has no points.
 */
export async function getMetricHistory(
  ctx: Context,
  input: { runId: string; key: string; limit: number; pageToken?: string | undefined },
): Promise<Page<LatestMetric>> {
  permit(ctx, "getMetricHistory");
  const { runId, key, limit, pageToken } = input;
  const query = [runId, key];
  const after = decodePageToken(pageToken, query, ["number", "number", "text"]);
  const { rows: known } = await ctx.db.execute<{ id: number | null }>(sql`
    select series.id from runs left join metric_series series on series.run_id = runs.id and series.key = ${key}
    where runs.id = ${runId} and runs.workspace_id = ${ctx.actor.workspaceId}`);
  if (!known[0]) throw noRun(runId);
  const { rows } = await ctx.db.execute<Row>(sql`
    select timestamp, step, value from metric_points where series_id = ${known[0].id}
    ${after ? sql`and (timestamp, step, value) > (${after[0]}::bigint, ${after[1]}::bigint, ${after[2]}::double precision)` : sql``}
    order by timestamp, step, value limit ${limit + 1}`);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map(({ timestamp, step, value }) => ({ key, value: asMetricValue(value), timestamp, step })),
    nextPageToken:
      rows.length > limit && last ? encodePageToken(query, [last.timestamp, last.step, String(last.value)]) : undefined,
  };
}

/** Points of one metric of several runs, ordered by (run id, timestamp, step, value), the first `limit` of them all. */
export async function getMetricHistoryOfRuns(
  ctx: Context,
  input: { runIds: readonly string[]; key: string; limit: number },
): Promise<RunPoint[]> {
  permit(ctx, "getMetricHistoryOfRuns");
  const { rows } = await ctx.db.execute<Row>(sql`
    select series.run_id, series.key, point.timestamp, point.step, point.value
    from metric_series series join metric_points point on point.series_id = series.id
    where ${isOneOf(ctx, input)}
    order by series.run_id collate "C", point.timestamp, point.step, point.value limit ${input.limit}`);
  return rows.map(toRunPoint);
}

/**
 * Points of one metric of several runs at a sample of their steps, as MLflow draws them: of the distinct steps in the range at
 * most `limit`, evenly by position, with the last one, and the first and last of each run; all points at those steps.
 * Source: section 8.3 of the wire contract. Spikes between the chosen steps are lost; getMetricCurves keeps them.
 */
export async function sampleMetricHistory(
  ctx: Context,
  input: { runIds: readonly string[]; key: string; limit: number; range?: { start: number; end: number } | undefined },
): Promise<RunPoint[]> {
  permit(ctx, "sampleMetricHistory");
  const { runIds, limit, range } = input;
  const inRange = range ? sql`and point.step between ${range.start} and ${range.end}` : sql``;
  const { rows } = await ctx.db.execute<Row>(sql`
    with found as (
      select series.run_id, series.key, point.timestamp, point.step, point.value
      from metric_series series join metric_points point on point.series_id = series.id
      where ${isOneOf(ctx, input)} ${inRange}
    ), steps as (
      select step, row_number() over (order by step) - 1 as place, count(*) over () as total
      from (select distinct step from found) one
    ), chosen as (
      select step from steps
      where total <= ${limit} or place = total - 1
        or place in (select floor(i * total::numeric / ${limit}) from generate_series(0, ${limit} - 1) i)
      union select min(step) from found group by run_id
      union select max(step) from found group by run_id
    )
    select found.* from (
      select found.*, row_number() over (partition by run_id order by step, timestamp, value) as place
      from found where step in (select step from chosen)
    ) found
    where place <= ${mostPoints}
    order by array_position(${sql.param([...runIds])}::text[], run_id), step, timestamp, value`);
  return rows.map(toRunPoint);
}

function isOneOf(ctx: Context, { runIds, key }: { runIds: readonly string[]; key: string }): SQL {
  return sql`series.workspace_id = ${ctx.actor.workspaceId} and series.key = ${key}
    and series.run_id = any(${sql.param([...runIds])})`;
}

function toRunPoint({ run_id, key, value, timestamp, step }: Row): RunPoint {
  return { runId: run_id, key, value: asMetricValue(value), timestamp, step };
}
