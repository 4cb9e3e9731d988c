import { sql } from "drizzle-orm";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { countedBy, instantOf, type Source } from "./source.ts";

/**
 * Counts features tested in an hour, and those inside their calibrated threshold, in the last minute of the hour: monitoring's verdicts
 * on all rows. Features with expected drift, and hours without rows, are in neither count. An endpoint without hourly evaluation has no
 * counts.
 */
export const countDrift: Source<"drift-budget"> = (db, series, { from, to }) => {
  const requested = series.map(({ id, workspaceId, indicator: { endpointId } }) => ({ id, workspaceId, endpointId }));
  const lastMinute = hourMs - minuteMs;
  return countedBy(
    db,
    sql`select requested.id as "seriesId", drift.version_id as "versionId", (extract(epoch from drift.start) * 1000)::float8 + ${lastMinute}::float8 as minute,
        (drift.verdict #>> '{counted,inside}')::float8 as good, (drift.verdict #>> '{counted,all}')::float8 as total
      from jsonb_to_recordset(${JSON.stringify(requested)}::jsonb) as requested(id text, "workspaceId" uuid, "endpointId" uuid)
      join drift_windows as drift on drift.endpoint_id = "endpointId" and drift.workspace_id = "workspaceId"
      where drift.length = 'hour' and drift.segment = '' and (drift.verdict #>> '{counted,all}')::float8 > 0
        and drift.start >= ${instantOf(from - lastMinute)} and drift.start < ${instantOf(to - lastMinute)}`,
  );
};
