import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { ageQuantiles } from "#server/stats/age-histogram.ts";
import { readAges } from "../ages/read-ages.ts";

const countedDays = 14;
const recentArrivals = 10_000;
const share = 0.99;

/**
 * Returns the time after its event within which 99% of a view's rows arrive, by the counts of two weeks, else by its last arrivals; a day where
 * neither is known.
 * @param now milliseconds since 1970 @returns milliseconds
 */
export async function latenessOf(ctx: Context, view: { id: string; number: number }, now: number): Promise<number> {
  const since = sql`${new Date(now - countedDays * dayMs).toISOString()}::timestamptz`;
  const toArrival = await readAges(ctx, { viewId: view.id, kind: "toArrival", since });
  const [ofMinutes] = ageQuantiles(toArrival, [share]);
  if (ofMinutes != null) return ofMinutes;
  const [recent] = rowsOf(
    z.object({ us: z.number().nullable() }),
    await ctx.db.execute(sql`
      select percentile_disc(${share}) within group (order by greatest(0, arrived_at - event_at))::float8 as us
      from (select arrived_at, event_at from feature_arrivals where view_number = ${view.number}
        order by transaction desc, sequence desc limit ${recentArrivals}) recent`),
  );
  return recent?.us == null ? dayMs : recent.us / 1000;
}
