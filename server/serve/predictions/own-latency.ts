import { type SQL, sql } from "drizzle-orm";

/**
 * Returns the SQL of the latency of a logged prediction without queue and hand-off, as `ownLatencyMs` computes it; that of the complete
 * request where its parts are not known.
 */
export function ownLatency(): SQL {
  const ms = (part: string) => sql`(parts->>${sql.raw(`'${part}'`)})::float8`;
  const own = sql`${ms("beforeMs")} + ${ms("inputMs")} + ${ms("computeMs")} + ${ms("outputMs")} + ${ms("afterMs")}`;
  return sql`coalesce(${own}, latency_ms)`;
}
