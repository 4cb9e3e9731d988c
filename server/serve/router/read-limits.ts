import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { CountLimits } from "../telemetry/limits.ts";

/** At which limits the SLOs of each endpoint want gateways to count. Asked by gateways. */
export async function readLimits(db: Database): Promise<Map<string, CountLimits>> {
  const { rows } = await db.execute<{ endpointId: string; latencyMs: number | null; featureAgeMs: number | null }>(sql`
    select distinct endpoint_id as "endpointId", (indicator->>'withinMs')::float8 as "latencyMs",
      (indicator->>'atMostMs')::float8 as "featureAgeMs"
    from sli_series
    where indicator->>'kind' in ('latency', 'freshness')
      and exists (select from slos where series_id = sli_series.id and archived_at is null)
    order by 1, 2, 3`);
  const limits = new Map<string, CountLimits>();
  for (const { endpointId, latencyMs, featureAgeMs } of rows) {
    const known = limits.get(endpointId) ?? { latencyMs: [], featureAgeMs: [] };
    limits.set(endpointId, known);
    if (latencyMs !== null) known.latencyMs.push(latencyMs);
    if (featureAgeMs !== null) known.featureAgeMs.push(featureAgeMs);
  }
  return limits;
}
