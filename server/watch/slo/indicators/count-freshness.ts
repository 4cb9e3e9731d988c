import { sql } from "drizzle-orm";
import { countedBy, instantOf, minuteOf, type Source } from "./source.ts";

/** Counts requests whose features were at most that old on arrival, out of those with a feature time. */
export const countFreshness: Source<"freshness"> = (db, series, { from, to }) => {
  const requested = series.map(({ id, workspaceId, indicator: { endpointId, maxAgeMs } }) => {
    return { id, workspaceId, endpointId, limit: String(maxAgeMs) };
  });
  return countedBy(
    db,
    sql`select requested.id as "seriesId", version_id as "versionId", ${minuteOf(sql`window_start`)} as minute,
        sum((indicators->'age'->"limit"->>0)::int)::float8 as good, sum((indicators->'age'->"limit"->>1)::int)::float8 as total
      from jsonb_to_recordset(${JSON.stringify(requested)}::jsonb) as requested(id text, "workspaceId" uuid, "endpointId" uuid, "limit" text)
      join serving_windows on endpoint_id = "endpointId" and workspace_id = "workspaceId"
      where window_start >= ${instantOf(from)} and window_start < ${instantOf(to)} and arm <> 'shadow'
        and (indicators->'age'->"limit"->>1)::int > 0
      group by 1, 2, 3`,
  );
};
