"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import type { ArchiveReceiver, CreateReceiver, UpdateReceiver } from "#server/alerting/notifications/contract.ts";
import { archiveReceiver } from "#server/alerting/notifications/receivers/archive-receiver.ts";
import { createReceiver } from "#server/alerting/notifications/receivers/create-receiver.ts";
import { updateReceiver } from "#server/alerting/notifications/receivers/update-receiver.ts";
import type { SetWatchdog } from "#server/alerting/watchdog/contract.ts";
import { setWatchdog } from "#server/alerting/watchdog/set-watchdog.ts";
import { retryNotification } from "#server/respond/delivery/retry-notification.ts";
import { testChannel } from "#server/respond/delivery/test-channel.ts";

const refresh = () => revalidatePath("/alerts/receivers", "layout");

export async function createReceiverAction(input: CreateReceiver) {
  const state = await act((ctx) => createReceiver(ctx, input, runtime().config.webhooks));
  refresh();
  return state;
}

export async function updateReceiverAction(input: UpdateReceiver) {
  const state = await act((ctx) => updateReceiver(ctx, input, runtime().config.webhooks));
  refresh();
  return state;
}

export async function setWatchdogAction(input: SetWatchdog) {
  const state = await act((ctx) => setWatchdog(ctx, input));
  refresh();
  return state;
}

export async function archiveReceiverAction(input: ArchiveReceiver) {
  return act((ctx) => archiveReceiver(ctx, input));
}

export async function testChannelAction(channelId: string) {
  const state = await act((ctx) => testChannel(ctx, { channelId }, runtime().config.notifications));
  refresh();
  return state;
}

export async function retryNotificationAction(notificationId: string) {
  const state = await act((ctx) => retryNotification(ctx, { notificationId }));
  refresh();
  return state;
}
