import { type SQL, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { rowsLikeFirst } from "#server/base/rows-of.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { addUpHour, DueHour } from "./add-up-hour.ts";

/** Time after which an ended hour is summed: its last windows have arrived by then, and later ones delete the sum again. */
const settleMs = 120_000;
const retentionMs = 2 * 365 * dayMs;
/** Limits a run to its minutes even if years of windows were never added up: an hour takes some ten milliseconds. */
const maxHours = 5000;

/**
 * Runs every minute as a job: adds windows up to complete hours, for all workspaces. The rows determine the work: hours that have windows
 * and no sum. Therefore it may be run again, concurrently, or after it was stopped anywhere; late windows of a gateway that was
 * unavailable delete the sums of their hours, and these are recomputed. Each minute checks the last two days, and once an hour all two
 * retained years. An hour that fails stops no other, and fails the job at the end.
 */
export async function rollUpWindows(ctx: Context, at?: number, attempt: Attempt = attemptOnce): Promise<void> {
  const now = at ?? (await databaseNow(ctx.db));
  // Two minutes, since an evaluation may start late.
  const isThorough = now % hourMs < 120_000;
  // Deleting comes first: a full disk takes no new rows, and must not keep the old ones.
  if (isThorough) await attempt({ id: "old hours" }, () => deleteOldHours(ctx.db, now));
  for (const due of await findDueHours(ctx.db, isThorough ? retentionMs : 2 * dayMs, now)) {
    const { workspaceId, endpointId, hour } = due;
    const item = { id: `${endpointId} ${new Date(hour).toISOString()}`, workspaceId };
    await attempt(item, () => addUpHour(ctx.db, due));
  }
}

async function deleteOldHours(db: Database, now: number): Promise<void> {
  await db.execute(sql`delete from serving_hours where hour < ${instant(now - retentionMs)}`);
}

/** Returns the newest first: those are requested most. */
async function findDueHours(db: Database, lookbackMs: number, now: number): Promise<DueHour[]> {
  const since = instant(floorHour(now - lookbackMs) + hourMs);
  const until = instant(floorHour(now - settleMs));
  const firstHour = (endpoint: SQL, from: SQL) => sql`(
    select date_trunc('hour', min(window_start), 'UTC') from serving_windows where endpoint_id = ${endpoint} and window_start >= ${from}
  )`;
  // From one hour that has windows to the next: a look costs a probe of an index for each, some 10 µs, however many windows there are.
  const result = await db.execute(sql`
    with recursive seen as (
      select workspace_id, id as endpoint_id, ${firstHour(sql`id`, since)} as hour from endpoints
      union all
      select workspace_id, endpoint_id, ${firstHour(sql`seen.endpoint_id`, sql`seen.hour + interval '1 hour'`)} from seen where hour < ${until}
    )
    select workspace_id as "workspaceId", endpoint_id as "endpointId", (extract(epoch from hour) * 1000)::float8 as hour
    from seen where hour < ${until}
      and (select true from serving_hours where endpoint_id = seen.endpoint_id and serving_hours.hour = seen.hour limit 1) is null
    order by seen.hour desc limit ${maxHours}`);
  return rowsLikeFirst(DueHour, result);
}

function instant(ms: number): SQL {
  return sql`${new Date(ms).toISOString()}::timestamptz`;
}

function floorHour(ms: number): number {
  return Math.floor(ms / hourMs) * hourMs;
}
