import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { hourMs } from "#server/base/durations.ts";
import { windowSeconds } from "../windows/contract.ts";
import { lockHours } from "./hours-lock.ts";

/** An hour of an endpoint that has windows and no sum. */
export const DueHour = z.object({
  workspaceId: z.string(),
  endpointId: z.string(),
  /** Start, in milliseconds since 1970. */
  hour: z.number(),
});
export type DueHour = z.infer<typeof DueHour>;

const tenMinutes = sql`to_timestamp(floor(extract(epoch from window_start) / 600) * 600)`;

/** Sums the windows of an hour, in total and per ten minutes, in one transaction. Idempotent. */
export async function addUpHour(db: Database, due: DueHour): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(lockHours([due.endpointId], "alone"));
    await tx.execute(addUp(due, { into: sql`serving_hours (`, start: sql`${instant(due.hour)}`, columns: sql`` }));
    // They refer to the hour, which is there by now.
    const columns = sql`start, `;
    await tx.execute(addUp(due, { into: sql`serving_ten_minutes (start, `, start: tenMinutes, columns }));
  });
}

function addUp(
  { workspaceId, endpointId, hour }: DueHour,
  { into, start, columns }: { into: SQL; start: SQL; columns: SQL },
): SQL {
  const key = sql`start, version_id, arm, provider`;
  const byKey = sql`using (start, version_id, arm, provider)`;
  const added = (column: string, as: string) => sql`
    select ${key}, jsonb_object_agg(name, count) as ${sql.raw(as)} from (
      select ${key}, one.key as name, sum(one.value::int) as count
      from chosen, jsonb_each_text(${sql.raw(column)}) as one group by 1, 2, 3, 4, 5
    ) as counts group by 1, 2, 3, 4`;
  return sql`
    with chosen as materialized (
      select *, ${start} as start from serving_windows where workspace_id = ${workspaceId} and endpoint_id = ${endpointId}
        and window_start >= ${instant(hour)} and window_start < ${instant(hour + hourMs)}
    ), sums as (
      select ${key}, bit_or(${windowBit(sql`window_start`)}) as windows, sum(requests) as requests,
        sum(queue_sum_ms) as queue_sum_ms, sum(compute_sum_ms) as compute_sum_ms, sum(cache_hits) as cache_hits, sum(coalesced) as coalesced
      from chosen group by 1, 2, 3, 4
    ), failed as (${added("failures", "failures")}), measured as (${added("latency_buckets", "latency_buckets")})
    insert into ${into}workspace_id, endpoint_id, version_id, arm, provider, hour, windows, requests, failures, queue_sum_ms,
      compute_sum_ms, latency_buckets, cache_hits, coalesced)
    select ${columns}${workspaceId}::uuid, ${endpointId}::uuid, version_id, arm, provider, ${instant(hour)}, windows, requests,
      coalesce(failures, '{}'), queue_sum_ms, compute_sum_ms, coalesce(latency_buckets, '{}'), cache_hits, coalesced
    from sums left join failed ${byKey} left join measured ${byKey}
    on conflict do nothing`;
}

/** Returns the bit that represents a window within its hour. */
function windowBit(start: SQL): SQL {
  return sql`set_bit(0::bit(360), (extract(epoch from ${start})::bigint % 3600 / ${windowSeconds}::int)::int, 1)`;
}

function instant(ms: number): SQL {
  return sql`${new Date(ms).toISOString()}::timestamptz`;
}
