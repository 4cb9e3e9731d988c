import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { rowsOf } from "#server/base/rows-of.ts";

/** The longest span that a check of traffic looks at is two complete hours, and the one in progress. */
const lookbackMs = 3 * hourMs;
/** A restart takes less; a longer break is a time in which nobody could send requests. */
const maxBreakMs = 5 * minuteMs;
/** A gateway beats every five seconds; one that missed a dozen does not run. */
const silentMs = minuteMs;

const Up = z.object({
  /** Start of the oldest gateway that runs; null without one. */
  startedAt: z.number().nullable(),
  /** Minutes in which any gateway ran, newest first. */
  minutes: z.array(z.number()),
  /** Whether it was ever recorded when gateways ran. */
  isRecorded: z.boolean(),
});

/**
 * Returns since when gateways have run without a break, at most three hours back: after an installation was stopped for a night, the silence
 * of that night says nothing about its callers. Null where that is not known.
 * @param now milliseconds since 1970, on the database's clock
 */
export async function servedSince(db: Database, now: number): Promise<number | null> {
  const before = (ms: number) => sql`${new Date(now - ms).toISOString()}::timestamptz`;
  const result = await db.execute(sql`
    select
      (select (extract(epoch from min(started_at)) * 1000)::float8 from gateway_heartbeats where seen_at > ${before(silentMs)}) as "startedAt",
      (select coalesce(array_agg((extract(epoch from hour) * 1000 + 60000 * minute)::float8 order by hour desc, minute desc), '{}')
        from (select hour, bit_or(minutes_up) as up from machine_hours where hour > ${before(lookbackMs + hourMs)} group by hour) as hours,
          generate_series(0, 59) as minute
        where (up >> minute) & 1 = 1) as minutes,
      exists (select from machine_hours) as "isRecorded"`);
  const [row] = rowsOf(Up, result);
  return row?.isRecorded ? runningSince(row, now) : null;
}

/** Walks back from the start of the oldest gateway that runs, minute by minute, to the first longer break. */
export function runningSince(
  { startedAt, minutes }: { startedAt: number | null; minutes: readonly number[] },
  now: number,
): number | null {
  if (startedAt === null) return null;
  let since = Math.min(startedAt, now);
  for (const minute of minutes) {
    if (since - (minute + minuteMs) > maxBreakMs) break;
    since = Math.min(since, minute);
  }
  return since;
}
