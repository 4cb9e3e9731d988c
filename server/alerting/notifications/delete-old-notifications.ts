import { and, lt, ne } from "drizzle-orm";
import { channelCallbacks, notifications } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";

const keepDays = 90;

/** Job: deletes notifications, with their attempts, and callbacks after 90 days, in every workspace. */
export async function deleteOldNotifications(ctx: Context, now = new Date()): Promise<void> {
  const longAgo = new Date(now.getTime() - keepDays * dayMs);
  await ctx.db
    .delete(notifications)
    .where(and(lt(notifications.createdAt, longAgo), ne(notifications.state, "pending")));
  await ctx.db.delete(channelCallbacks).where(lt(channelCallbacks.at, longAgo));
}
