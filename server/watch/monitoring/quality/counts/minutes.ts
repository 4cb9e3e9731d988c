import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import type { MonitorSettings } from "../../contract.ts";
import { floorTo, retentionMs } from "../../history/grains.ts";

/** Minutes are kept from here on, whole hours of them. @param now milliseconds since 1970 */
export function minutesSince(now: number): number {
  return floorTo(now - retentionMs.minute, "hour");
}

/** Whether quality is told by five minutes: where windows of drift are. */
export function isByMinutes({ lengths }: Pick<MonitorSettings, "lengths">): boolean {
  return lengths.includes("five-minutes");
}

/** How finely the answers of an hour are counted, in milliseconds. */
export function spanMsOf(settings: Pick<MonitorSettings, "lengths">, hour: number, now: number): number {
  return isByMinutes(settings) && hour >= minutesSince(now) ? minuteMs : hourMs;
}

const rowsAtOnce = 10_000;

/** Deletes minutes of all endpoints that are older than is kept; their hours stay. */
export async function deleteOldMinutes(db: Database, now: number): Promise<void> {
  for (let deleted = rowsAtOnce; deleted === rowsAtOnce; ) {
    const { rowCount } = await db.execute(sql`
      delete from quality_minutes where ctid = any(array(
        select ctid from quality_minutes where minute < ${new Date(minutesSince(now)).toISOString()}::timestamptz
        limit ${rowsAtOnce}))`);
    deleted = rowCount ?? 0;
  }
}
