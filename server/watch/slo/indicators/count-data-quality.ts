import { sql } from "drizzle-orm";
import { countedBy, instantOf, minuteOf, type Source } from "./source.ts";

/**
 * Counts sampled rows that met all expectations when they arrived, out of all checked rows, as counted by monitoring. An endpoint without
 * expectations has no counts.
 */
export const countDataQuality: Source<"data-quality"> = (db, series, { from, to }) => {
  const requested = series.map(({ id, workspaceId, indicator: { endpointId } }) => ({ id, workspaceId, endpointId }));
  return countedBy(
    db,
    sql`select requested.id as "seriesId", version_id as "versionId", ${minuteOf(sql`counted.minute`)} as minute,
        good::float8 as good, total::float8 as total
      from jsonb_to_recordset(${JSON.stringify(requested)}::jsonb) as requested(id text, "workspaceId" uuid, "endpointId" uuid)
      join data_quality_minutes as counted on counted.endpoint_id = "endpointId" and counted.workspace_id = "workspaceId"
      where counted.minute >= ${instantOf(from)} and counted.minute < ${instantOf(to)}`,
  );
};
