import { and, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { gameDays } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { buildReport, isComplete } from "./build-report.ts";
import { readFacts } from "./read-facts.ts";

/**
 * Stores the report of a game day that has ended, once nothing of it changes any more: everything is decided and the endpoint is steady
 * again, or half an hour has passed. For the watcher of game days, not on behalf of a caller.
 * @param now milliseconds since 1970 @returns whether it was stored now
 */
export async function completeReport(ctx: Context, gameDayId: string, now: number): Promise<boolean> {
  const isDue = and(
    eq(gameDays.workspaceId, ctx.actor.workspaceId),
    eq(gameDays.id, gameDayId),
    inArray(gameDays.state, ["ended", "aborted"]),
    isNotNull(gameDays.startedAt),
    isNull(gameDays.report),
  );
  const [day] = await ctx.db.select().from(gameDays).where(isDue);
  if (!day) return false;
  const facts = await readFacts(ctx, day, now);
  const report = buildReport(facts);
  if (!isComplete(report, facts)) return false;
  return transact(ctx, async (ctx) => {
    const stored = await ctx.db
      .update(gameDays)
      .set({ report, updatedAt: sql`now()` })
      .where(isDue)
      .returning({ id: gameDays.id });
    if (stored.length > 0) await publish(ctx, "game-days", gameDayId);
    return stored.length > 0;
  });
}
