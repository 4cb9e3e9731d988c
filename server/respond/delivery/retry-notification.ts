import { and, eq, gt, inArray, type SQL, sql } from "drizzle-orm";
import { channels, notifications } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";

/**
 * Retries a failed or rate-limited message for another day, under the same id.
 * @throws DomainError "not-found"; "conflict" for one that is queued or was sent, is superseded by a newer state, or whose channel is off
 */
export async function retryNotification(ctx: Context, input: { notificationId: string }): Promise<void> {
  permit(ctx, "retryNotification");
  await transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const [found] = await ctx.db
      .select({ row: notifications, channel: channels })
      .from(notifications)
      .leftJoin(channels, eq(channels.id, notifications.channelId))
      .where(and(eq(notifications.id, input.notificationId), eq(notifications.workspaceId, workspaceId)));
    if (!found) throw new DomainError("not-found", "Notification not found. Notifications are kept for 90 days.");
    const { row, channel } = found;
    if (!channel && !row.userId) throw new DomainError("conflict", "The channel of this notification was removed.");
    if (channel?.disabledAt) throw new DomainError("conflict", "The channel is disabled. Enable it first.");
    await refuseOvertaken(ctx, row);
    const [moved] = await ctx.db
      .update(notifications)
      .set({
        state: "pending",
        attempts: 0,
        nextAttemptAt: sql`now()`,
        note: "",
        diedAt: null,
        expiresAt: sql`now() + interval '1 day'`,
      })
      .where(and(eq(notifications.id, row.id), inArray(notifications.state, ["dead", "capped"])))
      .returning({ id: notifications.id });
    if (!moved) throw new DomainError("conflict", "Only failed or rate-limited notifications can be resent.");
    await record(ctx, "notification.retried", { subject: `notification/${row.id}`, before: { state: row.state } });
    await publish(ctx, "notification", workspaceId);
  });
}

/** Rejects a message that a newer one in the channel supersedes: it would report an outdated state. */
async function refuseOvertaken(ctx: Context, row: typeof notifications.$inferSelect): Promise<void> {
  const { groupId, turn, sequence } = row;
  if (groupId === null) return;
  const newer: SQL[] = [
    eq(notifications.groupId, groupId),
    eq(notifications.turn, turn),
    gt(notifications.sequence, sequence),
  ];
  const [overtaken] = await ctx.db
    .select({ id: notifications.id })
    .from(notifications)
    .where(and(...newer, inArray(notifications.state, ["delivered", "pending"])))
    .limit(1);
  if (!overtaken) return;
  throw new DomainError(
    "conflict",
    "A newer state of this group has been sent or is about to be sent to this channel.",
  );
}
