import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { AgeCount } from "../checks/freshness-check.ts";

/** Counts the age of request features in a time range, by each limit that an SLO has gateways count at. */
export async function readAges(
  ctx: Context,
  endpointId: string,
  { from, to }: { from: Date; to: Date },
): Promise<AgeCount[]> {
  const { rows } = await ctx.db.execute<{ limitMs: number; within: number; seen: number }>(sql`
    select one.key::float8 as "limitMs", sum((one.value->>0)::int)::int as within, sum((one.value->>1)::int)::int as seen
    from serving_windows, jsonb_each(indicators->'age') as one
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and arm <> 'shadow'
      and window_start >= ${from.toISOString()}::timestamptz and window_start < ${to.toISOString()}::timestamptz
      and jsonb_typeof(indicators->'age') = 'object'
    group by 1`);
  return rows;
}
