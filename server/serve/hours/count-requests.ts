import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";

/** What a version served on an endpoint. */
const RequestCount = z.object({
  endpointId: z.string(),
  versionId: z.string(),
  /** Requests, with failed ones and those served without the model. */
  requests: z.number(),
  /** First and last hour with requests, in milliseconds since 1970. */
  from: z.number(),
  to: z.number(),
});
type RequestCount = z.infer<typeof RequestCount>;

/**
 * Counts the requests that versions served on endpoints, shadow copies left out, as far back as hours are kept. Complete hours are read as they
 * were added up; windows only where an hour of the last seven days is not added up yet. The caller has checked permissions.
 */
export async function countRequests(
  ctx: Context,
  wanted: readonly { endpointId: string; versionId: string }[],
  now: Date,
): Promise<RequestCount[]> {
  if (wanted.length === 0) return [];
  const { workspaceId } = ctx.actor;
  const result = await ctx.db.execute(sql`
    with wanted as (
      select * from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as wanted ("endpointId" uuid, "versionId" uuid)
    ), gaps as (
      select endpoint.id as endpoint_id, hour
      from (select distinct "endpointId" as id from wanted) as endpoint
      cross join generate_series(date_trunc('hour', ${now.toISOString()}::timestamptz - interval '7 days', 'UTC'), ${now.toISOString()}::timestamptz, '1 hour') as hour
      where not exists (
        select from serving_hours as summed
        where summed.workspace_id = ${workspaceId} and summed.endpoint_id = endpoint.id and summed.hour = hour.hour
      )
    )
    select endpoint_id as "endpointId", version_id as "versionId", sum(requests)::float8 as requests,
      (extract(epoch from min(hour)) * 1000)::float8 as from, (extract(epoch from max(hour)) * 1000)::float8 as to
    from (
      select endpoint_id, version_id, hour, requests + cache_hits + coalesced as requests from serving_hours
      where workspace_id = ${workspaceId} and arm <> 'shadow' and (endpoint_id, version_id) in (select "endpointId", "versionId" from wanted)
      union all
      select rest.endpoint_id, rest.version_id, gaps.hour, rest.requests + rest.cache_hits + rest.coalesced
      from gaps cross join lateral (
        select * from serving_windows as counted
        where counted.workspace_id = ${workspaceId} and counted.endpoint_id = gaps.endpoint_id and counted.arm <> 'shadow'
          and counted.window_start >= gaps.hour and counted.window_start < gaps.hour + interval '1 hour' offset 0
      ) as rest
      where (rest.endpoint_id, rest.version_id) in (select "endpointId", "versionId" from wanted)
    ) as counted
    where requests > 0
    group by endpoint_id, version_id`);
  return rowsOf(RequestCount, result);
}
