import { and, lt, ne } from "drizzle-orm";
import { channelCallbacks, notifications } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";

const keepDays = 90;

/** Job: deletes notifications, with their attempts, and callbacks after 90 days, in every workspace. */
export async function deleteOldNotifications(
  { db }: Context,
  now = new Date(),
  attempt: Attempt = attemptOnce,
): Promise<void> {
  const longAgo = new Date(now.getTime() - keepDays * dayMs);
  const isOver = and(lt(notifications.createdAt, longAgo), ne(notifications.state, "pending"));
  await attempt({ id: "notifications" }, () => db.delete(notifications).where(isOver));
  await attempt({ id: "callbacks" }, () => db.delete(channelCallbacks).where(lt(channelCallbacks.at, longAgo)));
}
