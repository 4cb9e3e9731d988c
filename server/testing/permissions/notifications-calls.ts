import { listNotifications } from "#server/alerting/notifications/queries.ts";
import { archiveReceiver } from "#server/alerting/notifications/receivers/archive-receiver.ts";
import { createReceiver } from "#server/alerting/notifications/receivers/create-receiver.ts";
import { getReceiver, listReceivers } from "#server/alerting/notifications/receivers/queries.ts";
import { updateReceiver } from "#server/alerting/notifications/receivers/update-receiver.ts";
import { getWatchdog } from "#server/alerting/watchdog/queries.ts";
import { setWatchdog } from "#server/alerting/watchdog/set-watchdog.ts";
import { receiveCallback } from "#server/respond/callbacks/receive-callback.ts";
import { deliverNotification } from "#server/respond/delivery/deliver-notification.ts";
import { retryNotification } from "#server/respond/delivery/retry-notification.ts";
import { sendTestPage } from "#server/respond/delivery/send-test-page.ts";
import { testChannel } from "#server/respond/delivery/test-channel.ts";
import type { Calls } from "./call.ts";
import { deadEnd } from "./fixture-notifications.ts";

const { rules } = deadEnd;
const at = new Date();

/** Calls on receivers, their channels and sent notifications. */
export const notificationsCalls = {
  listReceivers: (ctx) => listReceivers(ctx),
  getReceiver: (ctx, { receiverId }) => getReceiver(ctx, receiverId),
  createReceiver: (ctx) => createReceiver(ctx, { name: "new" }, rules),
  updateReceiver: (ctx, { receiverId }) => updateReceiver(ctx, { receiverId, channels: [] }, rules),
  archiveReceiver: (ctx, { receiverId }) => archiveReceiver(ctx, { receiverId }),
  sendTestPage: (ctx) => sendTestPage(ctx),
  testChannel: (ctx, { channelId }) => testChannel(ctx, { channelId }, deadEnd),
  listNotifications: (ctx) => listNotifications(ctx, {}),
  retryNotification: (ctx, { notificationId }) => retryNotification(ctx, { notificationId }),
  getWatchdog: (ctx) => getWatchdog(ctx),
  setWatchdog: (ctx, { receiverId }) => setWatchdog(ctx, { receiverId }),
  receiveCallback: (ctx, { channelId }) =>
    receiveCallback(ctx, {
      channelId,
      kind: "slack-bot",
      callback: { key: "x", action: "none", by: null, about: null, at },
    }),
  deliverNotification: (ctx, { notificationId }) => deliverNotification(ctx, notificationId, deadEnd),
} as const satisfies Calls;
