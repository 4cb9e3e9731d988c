import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import type { MonitorSettings } from "../../contract.ts";
import { floorTo, retentionMs } from "../../history/grains.ts";

/** Returns the start of the retained minutes, always a full hour. @param now milliseconds since 1970 */
export function minutesSince(now: number): number {
  return floorTo(now - retentionMs.minute, "hour");
}

/** Whether quality is reported per five minutes: where drift windows are that short. */
export function isByMinutes({ lengths }: Pick<MonitorSettings, "lengths">): boolean {
  return lengths.includes("five-minutes");
}

/** Returns the granularity of an hour's counts, in milliseconds. */
export function spanMsOf(settings: Pick<MonitorSettings, "lengths">, hour: number, now: number): number {
  return isByMinutes(settings) && hour >= minutesSince(now) ? minuteMs : hourMs;
}

const rowsAtOnce = 10_000;

/** Deletes the minutes of all endpoints beyond their retention; the hours stay. */
export async function deleteOldMinutes(db: Database, now: number): Promise<void> {
  for (let deleted = rowsAtOnce; deleted === rowsAtOnce; ) {
    const { rowCount } = await db.execute(sql`
      delete from quality_minutes where ctid = any(array(
        select ctid from quality_minutes where minute < ${new Date(minutesSince(now)).toISOString()}::timestamptz
        limit ${rowsAtOnce}))`);
    deleted = rowCount ?? 0;
  }
}
