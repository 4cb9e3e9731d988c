import { and, eq, gte, isNotNull, sql } from "drizzle-orm";
import { z } from "zod";
import { featureMinutes } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { type AgeHistogram, addAges, ageQuantiles } from "#server/stats/age-histogram.ts";

const countedDays = 14;
const recentArrivals = 10_000;
const share = 0.99;

/**
 * Returns the time after its event within which 99% of a view's rows arrive, by the counts of two weeks, else by its last arrivals; a day where
 * neither is known.
 * @param now milliseconds since 1970 @returns milliseconds
 */
export async function latenessOf(ctx: Context, view: { id: string; number: number }, now: number): Promise<number> {
  const { viewId, minute, ages, workspaceId } = featureMinutes;
  const counted = await ctx.db
    .select({ ages })
    .from(featureMinutes)
    .where(
      and(
        eq(workspaceId, ctx.actor.workspaceId),
        eq(viewId, view.id),
        eq(featureMinutes.consumer, ""),
        gte(minute, new Date(now - countedDays * dayMs)),
        isNotNull(ages),
      ),
    );
  const toArrival: AgeHistogram = {};
  for (const row of counted) addAges(toArrival, row.ages?.toArrival ?? {});
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
