"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import type { CreateWebhook, DeleteWebhook, UpdateWebhook } from "#server/webhooks/contract.ts";
import { createWebhook } from "#server/webhooks/create-webhook.ts";
import { deleteWebhook } from "#server/webhooks/delete-webhook.ts";
import { replayDelivery } from "#server/webhooks/replay-delivery.ts";
import { testWebhook } from "#server/webhooks/test-webhook.ts";
import { updateWebhook } from "#server/webhooks/update-webhook.ts";

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
