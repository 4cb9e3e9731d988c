import { sql } from "drizzle-orm";
import type { Context } from "#server/context.ts";
import { dayMs, hourMs } from "#server/durations.ts";
import type { LabelLags } from "../measures/maturity.ts";

/** Labels of the last quarter tell how labels come now. */
const historyMs = 92 * dayMs;

/**
 * How long labels of an endpoint took, and how long the other predictions wait, by what was counted an hour: an hour's predictions are
 * taken to be as old as its middle. For who was let in already. @param now milliseconds since 1970
 */
export async function readLabelLags(ctx: Context, endpointId: string, now: number): Promise<LabelLags> {
  const within = sql`workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and segment = '' and arm <> 'shadow'
    and hour >= ${new Date(now - historyMs).toISOString()}::timestamptz`;
  const lags = await ctx.db.execute<{ bucket: number; count: number }>(sql`
    select (lag->>0)::float8 as bucket, sum((lag->>1)::float8) as count
    from quality_hours, jsonb_array_elements(counts->'lags') as lag where ${within} group by 1 order by 1`);
  const waiting = await ctx.db.execute<{ hour: number; count: number }>(sql`
    select (extract(epoch from hour) * 1000)::float8 as hour, sum(predictions - labelled)::float8 as count
    from quality_hours where ${within} group by 1 having sum(predictions - labelled) > 0`);
  return {
    lags: lags.rows.map(({ bucket, count }) => [bucket, count] as const),
    waiting: waiting.rows.map(({ hour, count }) => ({ ageMs: Math.max(0, now - hour - hourMs / 2), count })),
  };
}
