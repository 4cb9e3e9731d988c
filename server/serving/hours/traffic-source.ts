import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/context.ts";
import { windowSeconds } from "../telemetry/contract.ts";

/** Traffic of an endpoint in windows that began in a span, and are closed. */
export interface TrafficSpan {
  endpointId: string;
  from: Date;
  to: Date;
  /** A condition on version_id, arm or provider. */
  only?: SQL;
}

/** Smallest unit of time that a reader tells apart. */
export type Grain = "window" | "hour";

/** Of steps that begin at multiples of their length since 1970. */
export function grainOf(stepSeconds: number): Grain {
  return stepSeconds % 3600 === 0 ? "hour" : "window";
}

/**
 * Rows to be added up, as an SQL relation with the columns of serving_windows that serving_hours has, and `windows`: null in the row of
 * a window; in the row of an hour, whose window_start is that of the hour, a bit for each window in it.
 *
 * Whole hours are rows of serving_hours, where the reader asks for no less and they are there; the ends of the span, the last hours and
 * those that are not added up yet are windows. All in one statement, so that an hour is never read from both, or from neither.
 */
export function trafficSource(
  ctx: Context,
  { endpointId, from, to, only = sql`true` }: TrafficSpan,
  grain: Grain,
): SQL {
  const starts = sql`${from.toISOString()}::timestamptz`;
  const ends = sql`least(${to.toISOString()}::timestamptz, now() - make_interval(secs => ${windowSeconds}))`;
  const own = sql`workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId}`;
  const columns = sql`endpoint_id, version_id, arm, provider, requests, failures, latency_buckets, queue_sum_ms, compute_sum_ms,
    cache_hits, coalesced`;
  if (grain === "window") {
    return sql`(
      select ${columns}, window_start, null::bit(360) as windows from serving_windows
      where ${own} and window_start >= ${starts} and window_start < ${ends} and ${only}
    )`;
  }
  const isWhole = sql`hour >= ${starts} and hour + interval '1 hour' <= ${ends}`;
  return sql`(
    select ${columns}, hour as window_start, windows from serving_hours where ${own} and ${isWhole} and ${only}
    union all
    select ${columns}, window_start, null as windows
    from (
      select greatest(hour, ${starts}) as starts, least(hour + interval '1 hour', ${ends}) as ends
      from generate_series(date_trunc('hour', ${starts}, 'UTC'), ${ends}, interval '1 hour') as series(hour)
      where not (${isWhole} and hour in (
        select hour from serving_hours where ${own} and hour >= ${starts} and hour < ${ends}
      ))
    ) as gaps cross join lateral (
      select * from serving_windows
      where ${own} and window_start >= gaps.starts and window_start < gaps.ends and ${only} offset 0
    ) as rest
  )`;
}
