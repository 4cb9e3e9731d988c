import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";

/**
 * Notes what each workspace keeps today: its files, and its part of the prediction log by its share of the rows of each day, as the planner of
 * Postgres estimates tables. Doing it again the same day takes the place of what was noted.
 */
export async function meterStorage(db: Database): Promise<void> {
  await db.execute(sql`
    insert into storage_days (workspace_id, day, kind, bytes)
    select workspace_id, (now() at time zone 'UTC')::date, 'artifacts', sum(size_bytes)::bigint from artifact_files group by 1
    on conflict (workspace_id, day, kind) do update set bytes = excluded.bytes`);
  await db.execute(sql`
    with kept as (
      select workspace_id, count(*)::float8 as rows from predictions group by 1
    ), size as (
      select coalesce(sum(pg_total_relation_size(inhrelid)), 0)::float8 as bytes from pg_inherits
      where inhparent = 'predictions'::regclass
    )
    insert into storage_days (workspace_id, day, kind, bytes)
    select workspace_id, (now() at time zone 'UTC')::date, 'predictions', (bytes * rows / sum(rows) over ())::bigint
    from kept, size where exists (select from workspaces where id = workspace_id)
    on conflict (workspace_id, day, kind) do update set bytes = excluded.bytes`);
}
