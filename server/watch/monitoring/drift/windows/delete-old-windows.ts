import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { dayMs } from "#server/base/durations.ts";

const retentionDays = { "five-minutes": 35, hour: 35, day: 732, week: 3660 } as const;

/** Deletes verdicts on windows past their retention: five minutes and hours after 35 days, days after two years. @param now milliseconds since 1970 */
export async function deleteOldWindows(db: Database, now: number): Promise<void> {
  for (const [length, days] of Object.entries(retentionDays)) {
    const before = new Date(now - days * dayMs).toISOString();
    await db.execute(sql`delete from drift_windows where length = ${length} and start < ${before}::timestamptz`);
  }
}
