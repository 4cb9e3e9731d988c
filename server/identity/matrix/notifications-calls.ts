import { receiveAnswer } from "#server/notifications/answers/receive-answer.ts";
import { deliverNotification } from "#server/notifications/deliver-notification.ts";
import { listNotifications } from "#server/notifications/queries.ts";
import { archiveReceiver } from "#server/notifications/receivers/archive-receiver.ts";
import { createReceiver } from "#server/notifications/receivers/create-receiver.ts";
import { getReceiver, listReceivers } from "#server/notifications/receivers/queries.ts";
import { updateReceiver } from "#server/notifications/receivers/update-receiver.ts";
import { retryNotification } from "#server/notifications/retry-notification.ts";
import { testChannel } from "#server/notifications/test-channel.ts";
import type { Calls } from "./call.ts";
import { deadEnd } from "./scene-notifications.ts";

const { rules } = deadEnd;
const at = new Date();

/** Receivers, their channels and what was told. */
export const notificationsCalls = {
  listReceivers: (ctx) => listReceivers(ctx),
  getReceiver: (ctx, { receiverId }) => getReceiver(ctx, receiverId),
  createReceiver: (ctx) => createReceiver(ctx, { name: "new" }, rules),
  updateReceiver: (ctx, { receiverId }) => updateReceiver(ctx, { receiverId, channels: [] }, rules),
  archiveReceiver: (ctx, { receiverId }) => archiveReceiver(ctx, { receiverId }),
  testChannel: (ctx, { channelId }) => testChannel(ctx, { channelId }, deadEnd),
  listNotifications: (ctx) => listNotifications(ctx, {}),
  retryNotification: (ctx, { notificationId }) => retryNotification(ctx, { notificationId }),
  receiveAnswer: (ctx, { channelId }) =>
    receiveAnswer(ctx, { channelId, kind: "slack-bot", answer: { key: "x", wish: "none", by: null, about: null, at } }),
  deliverNotification: (ctx, { notificationId }) => deliverNotification(ctx, notificationId, deadEnd),
} as const satisfies Calls;
