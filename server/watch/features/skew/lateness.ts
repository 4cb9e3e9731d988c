import { and, eq, gte, isNotNull, sql } from "drizzle-orm";
import { z } from "zod";
import { featureMinutes } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { rowsOf } from "#server/base/rows-of.ts";

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
  const ofMinutes = quantileOfBuckets(counted.flatMap((row) => (row.ages ? [row.ages.toArrival] : [])));
  if (ofMinutes !== undefined) return ofMinutes;
  const [recent] = rowsOf(
    z.object({ us: z.number().nullable() }),
    await ctx.db.execute(sql`
      select percentile_disc(${share}) within group (order by greatest(0, arrived_at - event_at))::float8 as us
      from (select arrived_at, event_at from feature_arrivals where view_number = ${view.number}
        order by transaction desc, sequence desc limit ${recentArrivals}) recent`),
  );
  return recent?.us == null ? dayMs : recent.us / 1000;
}

/** The end of the bucket that 99% reach: bucket b ends at 2^((b+1)/4) ms. @returns undefined without counts */
export function quantileOfBuckets(counts: readonly Record<string, number>[]): number | undefined {
  const sums = new Map<number, number>();
  for (const one of counts) {
    for (const [bucket, count] of Object.entries(one))
      sums.set(Number(bucket), (sums.get(Number(bucket)) ?? 0) + count);
  }
  const all = [...sums.values()].reduce((sum, count) => sum + count, 0);
  if (all === 0) return undefined;
  let reached = 0;
  for (const [bucket, count] of [...sums].sort(([a], [b]) => a - b)) {
    reached += count;
    if (reached >= share * all) return 2 ** ((bucket + 1) / 4);
  }
  return undefined;
}
