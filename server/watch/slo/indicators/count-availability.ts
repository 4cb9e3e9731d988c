import { sql } from "drizzle-orm";
import { countedBy, instantOf, minuteOf, type Source } from "./source.ts";

/**
 * Requests that were answered without a fault of the server, of all valid ones. What the cache or the run of an identical request
 * answered is answered; what the caller did wrong (4xx) is in neither count, and requests in shadow are nobody's.
 */
export const countAvailability: Source<"availability"> = (db, series, { from, to }) => {
  const requested = series.map(({ id, workspaceId, indicator: { endpointId } }) => ({ id, workspaceId, endpointId }));
  return countedBy(
    db,
    sql`select "seriesId", "versionId", minute, sum(valid - faults)::float8 as good, sum(valid)::float8 as total
      from (
        select requested.id as "seriesId", version_id as "versionId", ${minuteOf(sql`window_start`)} as minute,
          requests + cache_hits + coalesced - failed.callers as valid, failed.faults
        from jsonb_to_recordset(${JSON.stringify(requested)}::jsonb) as requested(id text, "workspaceId" uuid, "endpointId" uuid)
        join serving_windows on endpoint_id = "endpointId" and workspace_id = "workspaceId"
        cross join lateral (
          select coalesce(sum(value::int) filter (where key < '500'), 0) as callers,
            coalesce(sum(value::int) filter (where key >= '500'), 0) as faults
          from jsonb_each_text(failures)) as failed
        where window_start >= ${instantOf(from)} and window_start < ${instantOf(to)} and arm <> 'shadow'
          and requests + cache_hits + coalesced > 0
      ) as windows
      where valid > 0 group by 1, 2, 3`,
  );
};
