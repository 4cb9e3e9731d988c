import { sql } from "drizzle-orm";
import { countedBy, instantOf, minuteOf, noVersion, type Source } from "./source.ts";

/**
 * Counts the minutes that are over: one event each, which is good if the newest event of the view was at most so old when the minute ended.
 * Minutes before the first row, and those that no worker saw, are in neither count.
 */
export const countViewLag: Source<"view-lag"> = (db, series, { from, to }) => {
  const requested = series.map(({ id, workspaceId, indicator: { viewId, atMostMs } }) => {
    return { id, workspaceId, viewId, atMostUs: atMostMs * 1000 };
  });
  return countedBy(
    db,
    sql`select requested.id as "seriesId", ${noVersion} as "versionId", ${minuteOf(sql`counted.minute`)} as minute, 1::float8 as total,
        (case when (extract(epoch from counted.minute) + 60) * 1000000 - counted.newest_event_at <= "atMostUs" then 1 else 0 end)::float8 as good
      from jsonb_to_recordset(${JSON.stringify(requested)}::jsonb) as requested(id text, "workspaceId" uuid, "viewId" uuid, "atMostUs" float8)
      join feature_minutes as counted on counted.view_id = "viewId" and counted.workspace_id = "workspaceId" and counted.consumer = ''
      where counted.minute >= ${instantOf(from)} and counted.minute < ${instantOf(to)} and counted.newest_event_at is not null`,
  );
};
