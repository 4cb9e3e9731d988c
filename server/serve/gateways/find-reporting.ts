import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";

/** A gateway beats every five seconds; one that missed a dozen does not report. */
const silentMs = minuteMs;
/** Time after which a gateway that does not report has ended rather than lost its connection. */
const endedMs = hourMs;

/** Whether the counts of an endpoint can be complete. "none": no gateway reports; "some": one that had the endpoint loaded does not. */
type Reporting = "all" | "some" | "none";

/**
 * Finds whether the gateways of an endpoint report their counts: without them, few requests in Postgres say nothing about requests. A gateway
 * that drained, or that has not been heard of for an hour, has ended. Without any gateway in the last hour there is nothing to wait for,
 * and the result is "all".
 * @param now milliseconds since 1970, on the database's clock
 */
export async function findReporting(db: Database, endpointId: string, now: number): Promise<Reporting> {
  const before = (ms: number) => sql`${new Date(now - ms).toISOString()}::timestamptz`;
  const { rows } = await db.execute<{ reporting: number; silent: number }>(sql`
    select count(*) filter (where is_reporting)::int as reporting,
      count(*) filter (where not is_reporting and not (state->>'isDraining')::boolean
        and state->'versions' @> ${JSON.stringify([{ endpointId }])}::jsonb)::int as silent
    from (
      select state, seen_at > ${before(silentMs)} and coalesce((state->>'behindSeconds')::float8, 0) * 1000 < ${silentMs} as is_reporting
      from gateway_heartbeats where seen_at > ${before(endedMs)}
    ) as gateways`);
  const { reporting = 0, silent = 0 } = rows[0] ?? {};
  if (silent === 0) return "all";
  return reporting === 0 ? "none" : "some";
}
