import { type SQL, sql } from "drizzle-orm";

/** Deletes the sums of hours that windows were written for, under a shared lock (hours-lock.ts). The current hour has none. */
export function deleteWrittenHours(counts: readonly { endpointId: string; windowStart: number }[]): SQL {
  const written = counts.map(({ endpointId, windowStart }) => ({
    endpointId,
    at: new Date(windowStart).toISOString(),
  }));
  // In one order, so that two gateways that are late with the same hours do not wait for each other.
  return sql`
    delete from serving_hours where (endpoint_id, hour, version_id, arm, provider) in (
      select endpoint_id, hour, version_id, arm, provider from serving_hours
      where (endpoint_id, hour) in (
        select "endpointId", date_trunc('hour', at, 'UTC')
        from jsonb_to_recordset(${JSON.stringify(written)}::jsonb) as given("endpointId" uuid, at timestamptz)
      )
      order by 1, 2, 3, 4, 5 for update
    )`;
}
