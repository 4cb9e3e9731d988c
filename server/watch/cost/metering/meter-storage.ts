import { type SQL, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { workspaces } from "#db/schema/index.ts";
import { dayOf } from "../spending/days.ts";

/**
 * Records the storage of each workspace today: its files, and its part of the prediction log by its share of the rows of each day,
 * with table sizes as estimated by the planner of Postgres. Days are in the workspace's time zone. Repeating it on the same day
 * replaces the earlier record.
 */
export async function meterStorage(db: Database, now: number): Promise<void> {
  const today = sql`(${await todayOf(db, now)}) as today`;
  await db.execute(sql`
    insert into storage_days (workspace_id, day, kind, bytes)
    select workspace_id, today.day, 'artifacts', sum(size_bytes)::bigint from artifact_files join ${today} using (workspace_id)
    group by 1, 2
    on conflict (workspace_id, day, kind) do update set bytes = excluded.bytes`);
  await db.execute(sql`
    with kept as (
      select workspace_id, count(*)::float8 as rows from predictions group by 1
    ), size as (
      select coalesce(sum(pg_total_relation_size(inhrelid)), 0)::float8 as bytes from pg_inherits
      where inhparent = 'predictions'::regclass
    )
    insert into storage_days (workspace_id, day, kind, bytes)
    select workspace_id, today.day, 'predictions', share.bytes
    from (select workspace_id, (bytes * rows / sum(rows) over ())::bigint as bytes from kept, size) as share
    join ${today} using (workspace_id)
    on conflict (workspace_id, day, kind) do update set bytes = excluded.bytes`);
}

/** Returns the current day of each workspace. */
async function todayOf(db: Database, now: number): Promise<SQL> {
  const all = await db.select({ workspaceId: workspaces.id, timeZone: workspaces.timeZone }).from(workspaces);
  const days = all.map(({ workspaceId, timeZone }) => ({ workspace_id: workspaceId, day: dayOf(now, timeZone) }));
  return sql`select * from jsonb_to_recordset(${JSON.stringify(days)}::jsonb) as given(workspace_id uuid, day date)`;
}
