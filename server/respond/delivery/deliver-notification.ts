import { and, eq } from "drizzle-orm";
import { channels, notifications } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { DeliveryOutcome } from "../../alerting/notifications/channels/outcome.ts";
import type { Outgoing } from "../../alerting/notifications/channels/outgoing.ts";
import { sendMessage } from "../../alerting/notifications/channels/send-message.ts";
import { acknowledgedFact, ChannelSettings, NotificationKind } from "../../alerting/notifications/contract.ts";
import { threadOf } from "../../alerting/notifications/outbox/notified-before.ts";
import { refusalOfGameDay } from "../../alerting/notifications/outbox/refusal-of-game-day.ts";
import type { Outside } from "../../alerting/notifications/outside.ts";
import { channelSecret } from "../../alerting/notifications/receivers/channel-secrets.ts";
import { readMessage } from "../../alerting/notifications/stored-message.ts";
import { afterUndelivered } from "../oncall/escalation/after-undelivered.ts";
import { settle } from "./outbox/settle.ts";

type Row = typeof notifications.$inferSelect;

/**
 * Attempts one message, stores the response, and schedules the next attempt if there is one. After a crash between sending and storing, it
 * is sent again under the same id.
 * @returns the result and the kind of channel; undefined if nothing was sent because the message has ended or its channel was deleted
 */
export async function deliverNotification(
  ctx: Context,
  notificationId: string,
  outside: Outside,
): Promise<(DeliveryOutcome & { kind: ChannelSettings["kind"] }) | undefined> {
  permit(ctx, "deliverNotification");
  const [found] = await ctx.db
    .select({ row: notifications, channel: channels })
    .from(notifications)
    .leftJoin(channels, eq(channels.id, notifications.channelId))
    .where(and(ofWorkspace(ctx, notificationId), eq(notifications.state, "pending")));
  if (!found) return undefined;
  const { row, channel } = found;
  const isGone = channel === null && !row.turn.includes(":email:");
  if (isGone || channel?.disabledAt) {
    await cancel(ctx, row, isGone ? "Its channel was removed." : "Its channel is disabled.");
    return undefined;
  }
  const settings = channel ? ChannelSettings.parse(channel.settings) : undefined;
  const target = { settings, secret: channel && (await channelSecret(ctx.db, channel)), address: row.address };
  const outgoing = {
    ...(await outgoingOf(ctx, row)),
    ...(channel?.callbackSecret && { acknowledges: acknowledgedBy(row) }),
  };
  const refused = channel ? await refusalOfGameDay(ctx, channel.id) : undefined;
  const outcome = refused ?? (await sendMessage(outgoing, target, outside));
  const kind = settings?.kind ?? "email";
  await settle(ctx, row, outcome, kind);
  return { ...outcome, kind };
}

async function outgoingOf(ctx: Context, row: Row): Promise<Outgoing> {
  const { id, groupId, incidentId } = row;
  const message = readMessage(row.message);
  return {
    id,
    message,
    at: new Date(),
    kind: NotificationKind.parse(row.kind),
    key: message.groupKey || (groupId ?? incidentId ?? id),
    thread: groupId ?? incidentId ?? id,
    ...(await threadOf(ctx.db, row)),
  };
}

/** Returns the group that can be acknowledged from a notification: the one of a firing alert or page that is not acknowledged yet. */
function acknowledgedBy({ kind, groupId, message }: Row): string | undefined {
  const { status, facts } = readMessage(message);
  const isAcknowledged = facts.some(({ name }) => name === acknowledgedFact);
  return (kind === "group" || kind === "escalation") && status === "firing" && !isAcknowledged && groupId
    ? groupId
    : undefined;
}

async function cancel(caller: Context, row: Row, note: string): Promise<void> {
  await transact(caller, async (ctx) => {
    const [cancelled] = await ctx.db
      .update(notifications)
      .set({ state: "cancelled", nextAttemptAt: null, leaseEndsAt: null, note })
      .where(and(ofWorkspace(ctx, row.id), eq(notifications.state, "pending")))
      .returning({ id: notifications.id });
    if (cancelled) await afterUndelivered(ctx, row);
  });
}

function ofWorkspace(ctx: Context, notificationId: string) {
  return and(eq(notifications.id, notificationId), eq(notifications.workspaceId, ctx.actor.workspaceId));
}
