import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

/**
 * Reads the p95 of sampled requests of the last seven days, in milliseconds, by `endpoint version`; versions with fewer than 20
 * requests are omitted.
 */
export async function readVersionLatencies(ctx: Context, endpointIds: readonly string[]): Promise<Map<string, number>> {
  if (endpointIds.length === 0) return new Map();
  const { rows } = await ctx.db.execute<{ endpointId: string; versionId: string; p95: number }>(sql`
    select endpoint_id as "endpointId", version_id as "versionId",
      percentile_cont(0.95) within group (order by latency_ms)::float8 as p95
    from predictions
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = any(${sql.param([...endpointIds])}::uuid[])
      and at > now() - interval '7 days' and status = 200 and logged_reason = 'sampled' and source = 'model'
    group by 1, 2 having count(*) >= 20`);
  return new Map(rows.map(({ endpointId, versionId, p95 }) => [`${endpointId} ${versionId}`, p95]));
}
