import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { LatencyTarget } from "./contract.ts";

interface TargetRow extends Record<string, unknown> {
  endpointId: string;
  target: number;
  withinMs: number;
}

/** Reads the strictest latency SLO of each endpoint, by the endpoint's id. */
export async function readLatencyTargets(ctx: Context): Promise<Map<string, LatencyTarget>> {
  const { rows } = await ctx.db.execute<TargetRow>(sql`
    select distinct on (endpoint_id) endpoint_id as "endpointId", (definition->>'target')::float8 as target,
      (definition #>> '{indicator,withinMs}')::float8 as "withinMs"
    from slos
    where workspace_id = ${ctx.actor.workspaceId} and archived_at is null and endpoint_id is not null
      and definition #>> '{indicator,kind}' = 'latency'
    order by endpoint_id, "withinMs"`);
  return new Map(rows.map(({ endpointId, ...target }) => [endpointId, target]));
}
