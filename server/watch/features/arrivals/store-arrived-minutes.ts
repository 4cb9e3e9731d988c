import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { addAges } from "#server/stats/age-histogram.ts";

/** What arrived in a view in one minute. */
export interface ArrivedMinute {
  workspaceId: string;
  viewId: string;
  /** Start, in milliseconds since 1970. */
  minute: number;
  /** Rows that became the newest of their keys; of a view without look-ups, all. */
  written: number;
  /** Rows that did not: late ones, corrections of the past, and what was written to the history only. */
  older: number;
  /** Time from event to arrival by bucket, of `written`. */
  toArrival: Record<string, number>;
  /** Greatest event time when the minute ended, in microseconds since 1970; null while it is not over. */
  newest: number | null;
}

/** Name of the worker among those who count. The marks of views make sure that one of them counts at a time. */
const worker = "worker";

const Known = z.object({ viewId: z.string(), minute: z.number(), toArrival: z.record(z.string(), z.number()) });

/** Adds counts to the minutes of views whose marks are locked. */
export async function addArrivedMinutes(db: Database, minutes: readonly ArrivedMinute[]): Promise<void> {
  if (minutes.length === 0) return;
  const keys = minutes.map(({ viewId, minute }) => ({ viewId, minute: new Date(minute).toISOString() }));
  const result = await db.execute(sql`
    select view_id as "viewId", (extract(epoch from counted.minute) * 1000)::float8 as minute, ages->'toArrival' as "toArrival"
    from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as asked("viewId" uuid, minute timestamptz)
    join feature_minutes as counted on counted.view_id = asked."viewId" and counted.consumer = '' and counted.minute = asked.minute
    where counted.counted_by = ${worker}`);
  const known = new Map(
    rowsOf(Known, result).map(({ viewId, minute, toArrival }) => [`${viewId} ${minute}`, toArrival]),
  );
  const rows = minutes.map(({ minute, toArrival, ...counts }) => {
    const sum = { ...known.get(`${counts.viewId} ${minute}`) };
    addAges(sum, toArrival);
    return { ...counts, minute: new Date(minute).toISOString(), ages: { atLookUp: {}, toArrival: sum } };
  });
  await db.execute(sql`
    insert into feature_minutes as counted (workspace_id, view_id, minute, counted_by, written, older, ages, newest_event_at)
    select "workspaceId", "viewId", minute, ${worker}, written, older, ages, newest
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as added("workspaceId" uuid, "viewId" uuid, minute timestamptz,
      written int8, older int8, ages jsonb, newest int8)
    on conflict (view_id, consumer, minute, counted_by) do update set
      written = counted.written + excluded.written, older = counted.older + excluded.older, ages = excluded.ages,
      newest_event_at = coalesce(excluded.newest_event_at, counted.newest_event_at)`);
}
