import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

/**
 * Returns when an endpoint had requests nearest to a range that has none: the last hour before it, else the first one after it; null if it never
 * had any. The caller has checked that the endpoint may be read.
 */
export async function findNearestTraffic(
  ctx: Context,
  { endpointId, from, to }: { endpointId: string; from: Date; to: Date },
): Promise<Date | null> {
  const own = sql`workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and requests > 0 and arm <> 'shadow'`;
  const { rows } = await ctx.db.execute<{ before: string | null; after: string | null }>(sql`
    select
      greatest(
        (select max(hour) from serving_hours where ${own} and hour < ${from.toISOString()}::timestamptz),
        (select max(window_start) from serving_windows where ${own} and window_start < ${from.toISOString()}::timestamptz)
      ) as before,
      least(
        (select min(hour) from serving_hours where ${own} and hour >= ${to.toISOString()}::timestamptz),
        (select min(window_start) from serving_windows where ${own} and window_start >= ${to.toISOString()}::timestamptz)
      ) as after`);
  const at = rows[0]?.before ?? rows[0]?.after;
  return at ? new Date(at) : null;
}
