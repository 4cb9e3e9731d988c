import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { floorTo, retentionMs } from "./grains.ts";

const rowsAtOnce = 10_000;

/** Deletes minutes after 3 days, hours after 35, days after two years, each at the edge of the next longer grain. */
export async function deleteOldStates(db: Database, now: number): Promise<void> {
  const ends = [
    { grain: "minute", before: floorTo(now - retentionMs.minute, "hour") },
    { grain: "hour", before: floorTo(now - retentionMs.hour, "day") },
    { grain: "day", before: floorTo(now - retentionMs.day, "day") },
  ];
  for (const { grain, before } of ends) {
    for (let deleted = rowsAtOnce; deleted === rowsAtOnce; ) {
      const { rowCount } = await db.execute(sql`
        delete from feature_states where ctid = any(array(
          select ctid from feature_states where grain = ${grain} and start < ${new Date(before).toISOString()}::timestamptz
          limit ${rowsAtOnce}))`);
      deleted = rowCount ?? 0;
    }
  }
}
