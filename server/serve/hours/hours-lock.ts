import { type SQL, sql } from "drizzle-orm";

/**
 * Held until the transaction ends: by who writes windows of an endpoint shared, by who adds them up alone, so that no sum is kept that a
 * window which was written meanwhile is missing from.
 */
export function lockHours(endpointIds: readonly string[], mode: "shared" | "alone"): SQL {
  const lock = sql.raw(mode === "shared" ? "pg_advisory_xact_lock_shared" : "pg_advisory_xact_lock");
  // In one order, so that two never wait for each other.
  return sql`select ${lock}(hashtext('leeway.hours'), hashtext(id))
    from (select distinct id from jsonb_array_elements_text(${JSON.stringify(endpointIds)}::jsonb) as id order by id) as ids`;
}
