import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { windowSeconds } from "../windows/contract.ts";

/** Traffic of an endpoint in closed windows that started within a time range. */
export interface TrafficSpan {
  endpointId: string;
  from: Date;
  to: Date;
  /** A condition on version_id, arm or provider. */
  only?: SQL;
}

/** Smallest unit of time that a reader distinguishes. */
export type Grain = "window" | "ten-minutes" | "hour";

/** Returns the grain of steps that start at multiples of their length since 1970. */
export function grainOf(stepSeconds: number): Grain {
  if (stepSeconds % 3600 === 0) return "hour";
  return stepSeconds % 600 === 0 ? "ten-minutes" : "window";
}

/**
 * Returns rows to add up, as an SQL relation with the columns of serving_windows that serving_hours has, and `windows`: null in the row
 * of a window; in the row of an hour or of ten minutes, whose window_start is theirs, a bit for each window in it, by its index in the
 * hour.
 *
 * Complete hours are rows of serving_hours, if the reader's grain allows it and they exist, and ten minutes of serving_ten_minutes; the
 * ends of the time range, the last hours and those not added up yet are windows. One statement reads everything, so that an hour is never
 * read from both, or from neither.
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
  const [sums, start, step] =
    grain === "hour"
      ? [sql`serving_hours`, sql`hour`, sql`interval '1 hour'`]
      : [sql`serving_ten_minutes`, sql`start`, sql`interval '10 minutes'`];
  const isComplete = sql`${start} >= ${starts} and ${start} + ${step} <= ${ends}`;
  // Steps from a full hour on are multiples of ten minutes too.
  return sql`(
    select ${columns}, ${start} as window_start, windows from ${sums} where ${own} and ${isComplete} and ${only}
    union all
    select ${columns}, window_start, null as windows
    from (
      select greatest(${start}, ${starts}) as starts, least(${start} + ${step}, ${ends}) as ends
      from generate_series(date_trunc('hour', ${starts}, 'UTC'), ${ends}, ${step}) as series(${start})
      where not (${isComplete} and ${start} in (
        select ${start} from ${sums} where ${own} and ${start} >= ${starts} and ${start} < ${ends}
      ))
    ) as gaps cross join lateral (
      select * from serving_windows
      where ${own} and window_start >= gaps.starts and window_start < gaps.ends and ${only} offset 0
    ) as rest
  )`;
}
