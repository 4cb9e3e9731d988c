import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { describeSum, sumWindows } from "../series/window-sums.ts";
import { windowSeconds } from "../windows/contract.ts";
import type { RecentTraffic } from "./contract.ts";

const recentSeconds = 300;
const stepSeconds = 300;
const steps = 12;

export const noTraffic: RecentTraffic = { requestsPerSecond: null, errorShare: null, latencyMsP95: null };

/** Returns the metrics of the last five minutes by endpoint; endpoints without a row are absent. */
export async function recentTraffic(ctx: Context, ids: string[]): Promise<Map<string, RecentTraffic>> {
  if (ids.length === 0) return new Map();
  const where = sql`endpoint_id = any(${sql.param(ids)}::uuid[]) and arm <> 'shadow'
    and window_start >= now() - make_interval(secs => ${recentSeconds + windowSeconds})
    and window_start < now() - make_interval(secs => ${windowSeconds})`;
  const sums = await sumWindows<string>(ctx, where, sql`to_jsonb(endpoint_id)`);
  return new Map(
    sums.map((sum) => {
      const { requests, requestsPerSecond, serverErrors, latencyMsP95 } = describeSum(sum);
      return [sum.key, { requestsPerSecond, errorShare: requests > 0 ? serverErrors / requests : null, latencyMsP95 }];
    }),
  );
}

/** Returns requests per second in steps of five minutes over the last hour, oldest first, by endpoint; null is a step without a row. */
export async function lastHourRates(ctx: Context, ids: string[]): Promise<Map<string, (number | null)[]>> {
  if (ids.length === 0) return new Map();
  const { rows } = await ctx.db.execute<{ id: string; step: number; rate: number }>(sql`
    select endpoint_id as id, step, requests::float8 / (windows * ${windowSeconds}::int) as rate
    from (
      select endpoint_id, sum(requests) as requests, count(distinct window_start) as windows,
        floor(extract(epoch from window_start - now()) / ${stepSeconds}::int)::int + ${steps}::int as step
      from serving_windows
      where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = any(${sql.param(ids)}::uuid[]) and arm <> 'shadow'
        and window_start >= now() - make_interval(secs => ${stepSeconds * steps})
        and window_start < now() - make_interval(secs => ${windowSeconds})
      group by endpoint_id, step
    ) as sums`);
  const rates = new Map<string, (number | null)[]>();
  for (const { id, step, rate } of rows) {
    const line = rates.get(id) ?? new Array<number | null>(steps).fill(null);
    line[step] = rate;
    rates.set(id, line);
  }
  return rates;
}

/**
 * Returns the requests of the last 24 h and the number of them with a status of 500 or more, by endpoint; endpoints without a row are
 * absent. Full hours use the hourly sums where they exist; the rest uses windows.
 */
export async function lastDayTotals(ctx: Context): Promise<Map<string, { requests: number; serverErrors: number }>> {
  const { workspaceId } = ctx.actor;
  const { rows } = await ctx.db.execute<{ id: string; requests: number; serverErrors: number }>(sql`
    with span as (select now() - interval '24 hours' as starts, now() as ends),
    traffic as (
      select endpoint_id, requests, failures from serving_hours, span
      where workspace_id = ${workspaceId} and arm <> 'shadow' and hour >= starts
      union all
      select gaps.id, rest.requests, rest.failures
      from (
        select endpoints.id, greatest(hour, span.starts) as starts, least(hour + interval '1 hour', span.ends) as ends
        from endpoints, span, generate_series(date_trunc('hour', span.starts, 'UTC'), span.ends, interval '1 hour') as series(hour)
        where workspace_id = ${workspaceId} and not (series.hour >= span.starts and exists (
          select from serving_hours where endpoint_id = endpoints.id and serving_hours.hour = series.hour
        ))
      ) as gaps cross join lateral (
        select requests, failures from serving_windows
        where endpoint_id = gaps.id and window_start >= gaps.starts and window_start < gaps.ends and arm <> 'shadow' offset 0
      ) as rest
    )
    select endpoint_id as id, sum(requests)::int as requests, sum((
      select coalesce(sum(value::int), 0) from jsonb_each_text(failures) where key >= '500'
    ))::int as "serverErrors"
    from traffic group by endpoint_id`);
  return new Map(rows.map(({ id, ...totals }) => [id, totals]));
}
