import { sql } from "drizzle-orm";
import { countedBy, instantOf, minuteOf, type Source } from "./source.ts";

/**
 * Counts requests without a server error, out of all valid ones. Responses from the cache or from the run of an identical request count
 * as served; client errors (4xx) are in neither count, and shadow requests are excluded.
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
