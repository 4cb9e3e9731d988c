import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { deleteWrittenHours } from "../hours/delete-written-hours.ts";
import { lockHours } from "../hours/hours-lock.ts";
import { type Rejected, storePart } from "./store-part.ts";
import type { WindowCounts } from "./window-counts.ts";

const rowsPerStatement = 500;

/**
 * Writes counts of windows, each from the start of its window on, so that writing them twice, or later with higher values, equals
 * writing only the last. Counts of deleted endpoints are skipped. The sums of the affected hours are deleted, and recomputed by the
 * worker. @returns the counts that Postgres rejects; all others are stored @throws when Postgres does not respond
 */
export async function storeWindows(
  db: Database,
  gatewayId: string,
  counts: readonly WindowCounts[],
): Promise<Rejected<WindowCounts>> {
  const all: Rejected<WindowCounts> = { rejected: [], reason: "" };
  for (let start = 0; start < counts.length; start += rowsPerStatement) {
    const { rejected, reason } = await storePart(counts.slice(start, start + rowsPerStatement), (part) =>
      write(db, gatewayId, part),
    );
    all.rejected.push(...rejected);
    all.reason ||= reason;
  }
  return all;
}

async function write(db: Database, gatewayId: string, counts: readonly WindowCounts[]): Promise<void> {
  const endpointIds = counts.map(({ endpointId }) => endpointId);
  const rows = counts.map(({ windowStart, ...rest }) => ({
    ...rest,
    windowStart: new Date(windowStart).toISOString(),
  }));
  await db.transaction(async (tx) => {
    await tx.execute(lockHours(endpointIds, "shared"));
    await tx.execute(sql`
      insert into serving_windows (workspace_id, endpoint_id, version_id, arm, provider, gateway_id, window_start, machine, requests, rows,
        failures, latency_sum_ms, queue_sum_ms, compute_sum_ms, device_sum_ms, latency_buckets, violations,
        cache_hits, coalesced, sampled, cascade, indicators)
      select "workspaceId", "endpointId", "versionId", arm, provider, ${gatewayId}, "windowStart", coalesce(machine, ''), requests, rows,
        failures, "latencySumMs", "queueSumMs", "computeSumMs", coalesce("deviceSumMs", 0), "latencyBuckets", violations, "cacheHits", coalesced,
        sampled, cascade, indicators
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as written("workspaceId" uuid, "endpointId" uuid,
        "versionId" uuid, arm text, provider text, "windowStart" timestamptz, machine text, requests int, rows int, failures jsonb,
        "latencySumMs" float8, "queueSumMs" float8, "computeSumMs" float8, "deviceSumMs" float8, "latencyBuckets" jsonb, violations jsonb, "cacheHits" int,
        coalesced int, sampled int, cascade jsonb, indicators jsonb)
      where exists (select from endpoints where id = "endpointId" and workspace_id = "workspaceId")
      on conflict (endpoint_id, version_id, arm, provider, window_start, gateway_id) do update set
        machine = coalesce(nullif(serving_windows.machine, ''), excluded.machine),
        requests = excluded.requests, rows = excluded.rows, failures = excluded.failures,
        latency_sum_ms = excluded.latency_sum_ms, queue_sum_ms = excluded.queue_sum_ms,
        compute_sum_ms = excluded.compute_sum_ms, device_sum_ms = excluded.device_sum_ms, latency_buckets = excluded.latency_buckets,
        violations = excluded.violations, cache_hits = excluded.cache_hits, coalesced = excluded.coalesced, sampled = excluded.sampled,
        cascade = excluded.cascade, indicators = excluded.indicators`);
    await tx.execute(deleteWrittenHours(counts));
  });
}
