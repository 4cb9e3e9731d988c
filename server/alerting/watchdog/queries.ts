import { and, eq, isNull, sql } from "drizzle-orm";
import { notifications, receivers, watchdogs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { watchdogLane } from "../notifications/outbox/watchdog-lane.ts";
import { SetWatchdog, type Watchdog } from "./contract.ts";
import { watchdogState } from "./watchdog-state.ts";

/** Returns the watchdog of the workspace, and when it was last delivered. */
export async function getWatchdog(ctx: Context): Promise<Watchdog> {
  permit(ctx, "getWatchdog");
  return readWatchdog(ctx);
}

/** Returns the watchdog, for commands, which check their own permission. */
export async function readWatchdog(ctx: Context): Promise<Watchdog> {
  const { workspaceId } = ctx.actor;
  const [row] = await ctx.db
    .select({ watchdog: watchdogs, receiver: { id: receivers.id, name: receivers.name } })
    .from(watchdogs)
    .innerJoin(receivers, eq(receivers.id, watchdogs.receiverId))
    .where(and(eq(watchdogs.workspaceId, workspaceId), isNull(receivers.archivedAt)));
  if (!row) {
    const { intervalSeconds } = SetWatchdog.parse({ receiverId: null });
    return { receiver: null, intervalSeconds, evaluatedAt: null, lastDeliveredAt: null, state: "off" };
  }
  const { receiver, watchdog } = row;
  const { intervalSeconds, evaluatedAt, changedAt } = watchdog;
  const lastDeliveredAt = await lastDelivery(ctx);
  const facts = {
    intervalSeconds,
    changedAt: changedAt.getTime(),
    lastDeliveredAt: lastDeliveredAt?.getTime() ?? null,
    now: await databaseNow(ctx.db),
  };
  return { receiver, intervalSeconds, evaluatedAt, lastDeliveredAt, state: watchdogState(facts) };
}

async function lastDelivery(ctx: Context): Promise<Date | null> {
  const ofWatchdog = and(eq(notifications.workspaceId, ctx.actor.workspaceId), eq(notifications.lane, watchdogLane));
  const [row] = await ctx.db
    .select({ at: sql<Date | null>`max(${notifications.deliveredAt})`.mapWith(notifications.deliveredAt) })
    .from(notifications)
    .where(ofWatchdog);
  return row?.at ?? null;
}
