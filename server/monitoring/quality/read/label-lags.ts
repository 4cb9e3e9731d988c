import { sql } from "drizzle-orm";
import type { Context } from "#server/context.ts";
import { dayMs, hourMs } from "#server/durations.ts";
import { floorTo } from "../../history/grains.ts";
import type { LabelLags } from "../measures/maturity.ts";

/** Labels of the last quarter tell how labels come now. */
const historyMs = 92 * dayMs;
/** Ages are told by minutes so long, where those are counted: an hour is longer than some labels take. */
const fineMs = 2 * hourMs;

/**
 * How long labels of an endpoint took, and how long the other predictions wait, by what was counted an hour, and lately a minute where that is
 * kept: predictions are taken to be as old as its middle. For who was let in already. @param now milliseconds since 1970
 */
export async function readLabelLags(ctx: Context, endpointId: string, now: number): Promise<LabelLags> {
  const own = sql`workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and segment = '' and arm <> 'shadow'`;
  const within = sql`${own} and hour >= ${instant(now - historyMs)}`;
  const fine = instant(floorTo(now - fineMs, "hour"));
  const lags = await ctx.db.execute<{ bucket: number; count: number }>(sql`
    select (lag->>0)::float8 as bucket, sum((lag->>1)::float8) as count
    from quality_hours, jsonb_array_elements(counts->'lags') as lag where ${within} group by 1 order by 1`);
  const waiting = await ctx.db.execute<{ middle: number; count: number }>(sql`
    with minutes as (select minute, predictions, labelled from quality_minutes where ${own} and minute >= ${fine})
    select (extract(epoch from middle) * 1000)::float8 as middle, sum(predictions - labelled)::float8 as count
    from (
      select minute + interval '30 seconds' as middle, predictions, labelled from minutes
      union all
      select hour + interval '30 minutes', predictions, labelled from quality_hours where ${within}
        and (hour < ${fine} or not exists (select from minutes where date_trunc('hour', minute, 'UTC') = hour))
    ) as counted group by 1 having sum(predictions - labelled) > 0`);
  return {
    lags: lags.rows.map(({ bucket, count }) => [bucket, count] as const),
    waiting: waiting.rows.map(({ middle, count }) => ({ ageMs: Math.max(0, now - middle), count })),
  };
}

function instant(ms: number) {
  return sql`${new Date(ms).toISOString()}::timestamptz`;
}
