import { type SQL, sql } from "drizzle-orm";

/**
 * Locks hours until the transaction ends: shared by writers of an endpoint's windows, exclusive while summing, so that no stored sum
 * misses a window written concurrently.
 */
export function lockHours(endpointIds: readonly string[], mode: "shared" | "alone"): SQL {
  const lock = sql.raw(mode === "shared" ? "pg_advisory_xact_lock_shared" : "pg_advisory_xact_lock");
  // In one order, so that two never wait for each other.
  return sql`select ${lock}(hashtext('leeway.hours'), hashtext(id))
    from (select distinct id from jsonb_array_elements_text(${JSON.stringify(endpointIds)}::jsonb) as id order by id) as ids`;
}
