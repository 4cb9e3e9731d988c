import { createWebhook } from "#server/admin/webhooks/create-webhook.ts";
import { deleteWebhook } from "#server/admin/webhooks/delete-webhook.ts";
import { deliverWebhook } from "#server/admin/webhooks/deliver-webhook.ts";
import { getWebhook, listDeliveries, listWebhooks } from "#server/admin/webhooks/queries.ts";
import { replayDelivery } from "#server/admin/webhooks/replay-delivery.ts";
import { testWebhook } from "#server/admin/webhooks/test-webhook.ts";
import { updateWebhook } from "#server/admin/webhooks/update-webhook.ts";
import type { Calls } from "./call.ts";

const rules = { allowsPrivate: true };
const input = { name: "new", url: "http://127.0.0.1:1/", events: ["*"] };

/** Webhooks and their deliveries. */
export const webhookCalls = {
  listWebhooks: (ctx) => listWebhooks(ctx),
  getWebhook: (ctx, { webhookId }) => getWebhook(ctx, webhookId),
  createWebhook: (ctx) => createWebhook(ctx, input, rules),
  updateWebhook: (ctx, { webhookId }) => updateWebhook(ctx, { webhookId, description: "new" }, rules),
  testWebhook: (ctx, { webhookId }) => testWebhook(ctx, { webhookId }, rules),
  listDeliveries: (ctx, { webhookId }) => listDeliveries(ctx, { webhookId }),
  replayDelivery: (ctx, { deliveryId }) => replayDelivery(ctx, { deliveryId }),
  deliverWebhook: (ctx, { deliveryId }) => deliverWebhook(ctx, deliveryId, rules),
  deleteWebhook: (ctx, { webhookId }) => deleteWebhook(ctx, { webhookId }),
} satisfies Calls;
