import { createWebhook } from "#server/webhooks/create-webhook.ts";
import { deleteWebhook } from "#server/webhooks/delete-webhook.ts";
import { deliverWebhook } from "#server/webhooks/deliver-webhook.ts";
import { getWebhook, listDeliveries, listWebhooks } from "#server/webhooks/queries.ts";
import { replayDelivery } from "#server/webhooks/replay-delivery.ts";
import { testWebhook } from "#server/webhooks/test-webhook.ts";
import { updateWebhook } from "#server/webhooks/update-webhook.ts";
import type { Calls } from "./call.ts";

const rules = { allowsPrivate: true };
const wish = { name: "new", url: "http://127.0.0.1:1/", events: ["*"] };

/** Webhooks and their deliveries. */
export const webhookCalls = {
  listWebhooks: (ctx) => listWebhooks(ctx),
  getWebhook: (ctx, { webhookId }) => getWebhook(ctx, webhookId),
  createWebhook: (ctx) => createWebhook(ctx, wish, rules),
  updateWebhook: (ctx, { webhookId }) => updateWebhook(ctx, { webhookId, description: "new" }, rules),
  testWebhook: (ctx, { webhookId }) => testWebhook(ctx, { webhookId }, rules),
  listDeliveries: (ctx, { webhookId }) => listDeliveries(ctx, { webhookId }),
  replayDelivery: (ctx, { deliveryId }) => replayDelivery(ctx, { deliveryId }),
  deliverWebhook: (ctx, { deliveryId }) => deliverWebhook(ctx, deliveryId, rules),
  deleteWebhook: (ctx, { webhookId }) => deleteWebhook(ctx, { webhookId }),
} satisfies Calls;
