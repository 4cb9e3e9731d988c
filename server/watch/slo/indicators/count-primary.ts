import { sql } from "drizzle-orm";
import { countedBy, instantOf, minuteOf, type Source } from "./source.ts";

/**
 * Counts requests served by the primary version, out of all requests with a response: the others went to a later step of the endpoint's
 * cascade. A new version under rollout is planned, and in neither count.
 */
export const countPrimary: Source<"primary-answered"> = (db, series, { from, to }) => {
  const requested = series.map(({ id, workspaceId, indicator: { endpointId } }) => ({ id, workspaceId, endpointId }));
  return countedBy(
    db,
    sql`select "seriesId", "versionId", minute, sum(case when "isLater" then 0 else answered end)::float8 as good,
        sum(answered)::float8 as total
      from (
        select requested.id as "seriesId", version_id as "versionId", ${minuteOf(sql`window_start`)} as minute,
          requests + cache_hits + coalesced - (select coalesce(sum(value::int), 0) from jsonb_each_text(failures)) as answered,
          coalesce(endpoints.cascade->'next', '[]') @> jsonb_build_array(jsonb_build_object('versionId', version_id)) as "isLater"
        from jsonb_to_recordset(${JSON.stringify(requested)}::jsonb) as requested(id text, "workspaceId" uuid, "endpointId" uuid)
        join endpoints on endpoints.id = "endpointId" and endpoints.workspace_id = "workspaceId"
        join serving_windows on serving_windows.endpoint_id = "endpointId" and serving_windows.workspace_id = "workspaceId"
        where window_start >= ${instantOf(from)} and window_start < ${instantOf(to)} and arm = 'stable'
          and requests + cache_hits + coalesced > 0
      ) as windows
      where answered > 0 group by 1, 2, 3`,
  );
};
