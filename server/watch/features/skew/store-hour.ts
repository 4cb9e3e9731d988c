import { and, eq, gte, lt, sql } from "drizzle-orm";
import { featureSkew, featureSkewHours } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { publish } from "#server/platform/events/publish.ts";
import { dayOf } from "../day-range.ts";
import { addSkew } from "./add-counts.ts";
import type { ViewSkewTally } from "./contract.ts";
import type { DueHour } from "./due-hours.ts";

/**
 * Stores an hour that was compared, and its day anew as the sum of its hours, in one transaction: an hour that is compared again counts once. Does
 * nothing for a view that was deleted meanwhile.
 */
export async function storeSkewHour(
  ctx: Context,
  viewId: string,
  { hour, predictions, isTrueWanted }: Omit<DueHour, "lookUps">,
  { tallies, lookUps, keyShare }: { tallies: ViewSkewTally[]; lookUps: number; keyShare: number },
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const day = dayOf(hour);
  await transact(ctx, async (ctx) => {
    await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`feature-skew ${viewId}`}, 0))`);
    const { rows: kept } = await ctx.db.execute(sql`
      select id from feature_views where id = ${viewId} and workspace_id = ${workspaceId} for key share`);
    if (kept.length === 0) return;
    const values = { predictions, lookUps, keyShare, isFinal: isTrueWanted, tallies, comparedAt: sql`now()` };
    await ctx.db
      .insert(featureSkewHours)
      .values({ workspaceId, viewId, hour: new Date(hour), ...values })
      .onConflictDoUpdate({ target: [featureSkewHours.viewId, featureSkewHours.hour], set: values });
    const start = Date.parse(day);
    const hours = await ctx.db
      .select({ tallies: featureSkewHours.tallies })
      .from(featureSkewHours)
      .where(
        and(
          eq(featureSkewHours.viewId, viewId),
          gte(featureSkewHours.hour, new Date(start)),
          lt(featureSkewHours.hour, new Date(start + dayMs)),
        ),
      );
    await ctx.db.delete(featureSkew).where(and(eq(featureSkew.viewId, viewId), eq(featureSkew.day, day)));
    const all = hours.flatMap((one) => one.tallies);
    const groups = Map.groupBy(all, ({ version, feature, comparison }) => `${version} ${comparison} ${feature}`);
    const rows = [...groups.values()].map((same) => {
      const [{ version, feature, comparison }] = same as [ViewSkewTally];
      return { workspaceId, viewId, day, version, feature, comparison, ...addSkew(same) };
    });
    for (let start = 0; start < rows.length; start += 1_000) {
      await ctx.db.insert(featureSkew).values(rows.slice(start, start + 1_000));
    }
    await publish(ctx, "monitoring", viewId);
  });
}
