import type { Outside } from "#server/alerting/notifications/outside.ts";
import { listNotifications } from "#server/alerting/notifications/queries.ts";
import { createReceiver } from "#server/alerting/notifications/receivers/create-receiver.ts";
import type { Context } from "#server/base/context.ts";
import { testChannel } from "#server/respond/delivery/test-channel.ts";

/** External services at an unreachable address. */
export const deadEnd: Outside = {
  publicUrl: "http://127.0.0.1:1",
  slackUrl: "http://127.0.0.1:1",
  pagerdutyUrl: "http://127.0.0.1:1",
  mail: undefined,
  rules: { allowsPrivate: true },
};

/** Creates a receiver with an unreachable channel, and a failed test of it. */
export async function notify(ctx: Context, secret: string) {
  const settings = { kind: "webhook" as const, url: `http://127.0.0.1:1/${secret}` };
  const input = { name: "a-receiver", channels: [{ settings, secret }] };
  const receiver = await createReceiver(ctx, input, deadEnd.rules);
  const channelId = receiver.channels[0]?.id ?? "";
  await testChannel(ctx, { channelId }, deadEnd);
  const { notifications } = await listNotifications(ctx, {});
  return { receiverId: receiver.id, channelId, notificationId: notifications[0]?.id ?? "" };
}
