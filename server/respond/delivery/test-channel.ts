import { and, eq } from "drizzle-orm";
import { channels, notificationAttempts, notifications, receivers } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { sendMessage } from "../../alerting/notifications/channels/send-message.ts";
import { ChannelSettings, type Message, type TestResult } from "../../alerting/notifications/contract.ts";
import { refusalOfGameDay } from "../../alerting/notifications/outbox/refusal-of-game-day.ts";
import type { Outside } from "../../alerting/notifications/outside.ts";
import { channelSecret } from "../../alerting/notifications/receivers/channel-secrets.ts";

/**
 * Sends a test immediately, and stores it in the log like any other message; it has one attempt. Disabled channels can be tested too.
 * @throws DomainError "not-found"
 */
export async function testChannel(ctx: Context, input: { channelId: string }, outside: Outside): Promise<TestResult> {
  permit(ctx, "testChannel");
  const { workspaceId, name } = ctx.actor;
  const [found] = await ctx.db
    .select({ channel: channels, receiver: receivers.name })
    .from(channels)
    .innerJoin(receivers, eq(receivers.id, channels.receiverId))
    .where(and(eq(channels.id, input.channelId), eq(channels.workspaceId, workspaceId)));
  if (!found) throw new DomainError("not-found", "Channel not found. Check the receiver.");
  const { channel, receiver } = found;
  const [id, at] = [crypto.randomUUID(), new Date()];
  const message = testOf(receiver, name);
  const outgoing = { id, at, message, kind: "test" as const, key: id, thread: id };
  const secret = await channelSecret(ctx.db, channel);
  const target = { settings: ChannelSettings.parse(channel.settings), secret, address: null };
  const refused = await refusalOfGameDay(ctx, channel.id);
  const sent = refused ?? (await sendMessage(outgoing, target, outside));
  const { outcome, retryAfterSeconds: _, reference, ...attempt } = sent;
  const isDelivered = outcome === "delivered";
  await transact(ctx, async (ctx) => {
    const row = {
      id,
      workspaceId,
      channelId: channel.id,
      turn: `channel:${channel.id}`,
      lane: id,
      deduplicationKey: id,
    };
    const state = isDelivered ? ("delivered" as const) : ("dead" as const);
    await ctx.db.insert(notifications).values({
      ...row,
      kind: "test",
      severity: "ticket",
      message,
      state,
      attempts: 1,
      createdAt: at,
      ...(isDelivered
        ? { deliveredAt: new Date(), reference }
        : { diedAt: new Date(), note: "Tests are attempted only once." }),
    });
    await ctx.db.insert(notificationAttempts).values({ workspaceId, notificationId: id, at, ...attempt });
    await publish(ctx, "notification", id);
  });
  return { ...attempt, at, isDelivered };
}

function testOf(receiver: string, by: string): Message {
  return {
    title: `Test of receiver ${receiver}`,
    lines: [`Sent by ${by} to test delivery. No action is required.`],
    facts: [],
    severity: "ticket",
    status: "info",
    reason: "",
    receiver,
    groupKey: "",
    groupLabels: {},
    alerts: [],
    links: [{ text: "Receivers", path: "/alerts/receivers" }],
  };
}
