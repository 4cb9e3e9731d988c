import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { type Rejected, storePart } from "../telemetry/store-part.ts";
import type { FeatureMinute } from "./feature-minute.ts";

const rowsPerStatement = 500;

/**
 * Stores what one process counted, each minute from its start on: written twice, or later with higher counts, it equals the last. Minutes of
 * deleted views are skipped.
 * @returns the minutes that Postgres rejects; all others are stored @throws when Postgres does not respond
 */
export async function storeFeatureMinutes(
  db: Database,
  countedBy: string,
  minutes: readonly FeatureMinute[],
): Promise<Rejected<FeatureMinute>> {
  const all: Rejected<FeatureMinute> = { rejected: [], reason: "" };
  for (let start = 0; start < minutes.length; start += rowsPerStatement) {
    const part = minutes.slice(start, start + rowsPerStatement);
    const { rejected, reason } = await storePart(part, (rows) => write(db, countedBy, rows));
    all.rejected.push(...rejected);
    all.reason ||= reason;
  }
  return all;
}

async function write(db: Database, countedBy: string, minutes: readonly FeatureMinute[]): Promise<void> {
  const rows = minutes.map(({ minute, atLookUp, atLimits, ...counts }) => ({
    ...counts,
    minute: new Date(minute).toISOString(),
    ages: { atLookUp, toArrival: {}, atLimits },
  }));
  await db.execute(sql`
    insert into feature_minutes (workspace_id, view_id, consumer, minute, counted_by, look_ups, found, stale, missing, nulls, clock_ahead,
      rejected, ages)
    select "workspaceId", "viewId", consumer, minute, ${countedBy}, "lookUps", found, stale, missing, nulls, "clockAhead", rejected, ages
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as counted("workspaceId" uuid, "viewId" uuid, consumer text, minute timestamptz,
      "lookUps" int8, found int8, stale int8, missing int8, nulls int8, "clockAhead" int8, rejected int8, ages jsonb)
    where exists (select from feature_views where id = "viewId" and workspace_id = "workspaceId")
    order by "viewId", consumer, minute
    on conflict (view_id, consumer, minute, counted_by) do update set
      look_ups = excluded.look_ups, found = excluded.found, stale = excluded.stale, missing = excluded.missing, nulls = excluded.nulls,
      clock_ahead = excluded.clock_ahead, rejected = excluded.rejected, ages = excluded.ages`);
}
