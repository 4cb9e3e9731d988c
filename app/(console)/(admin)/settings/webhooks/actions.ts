"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import { createWebhook } from "#server/admin/webhooks/create-webhook.ts";
import { deleteWebhook } from "#server/admin/webhooks/delete-webhook.ts";
import { replayDelivery } from "#server/admin/webhooks/replay-delivery.ts";
import { testWebhook } from "#server/admin/webhooks/test-webhook.ts";
import { updateWebhook } from "#server/admin/webhooks/update-webhook.ts";
import type { CreateWebhook, DeleteWebhook, UpdateWebhook } from "#server/platform/webhooks/contract.ts";

const refresh = () => revalidatePath("/settings/webhooks", "layout");

export async function createWebhookAction(input: CreateWebhook) {
  const state = await act((ctx) => createWebhook(ctx, input, runtime().config.webhooks));
  refresh();
  return state;
}

export async function updateWebhookAction(input: UpdateWebhook) {
  const state = await act((ctx) => updateWebhook(ctx, input, runtime().config.webhooks));
  refresh();
  return state;
}

export async function deleteWebhookAction(input: DeleteWebhook) {
  return act((ctx) => deleteWebhook(ctx, input));
}

export async function testWebhookAction(webhookId: string) {
  const state = await act((ctx) => testWebhook(ctx, { webhookId }, runtime().config.webhooks));
  refresh();
  return state;
}

export async function replayDeliveryAction(deliveryId: string) {
  const state = await act((ctx) => replayDelivery(ctx, { deliveryId }));
  refresh();
  return state;
}
