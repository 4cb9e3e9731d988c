import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { createWebhook } from "#server/admin/webhooks/create-webhook.ts";
import { deleteWebhook } from "#server/admin/webhooks/delete-webhook.ts";
import { getWebhook, listDeliveries, listWebhooks } from "#server/admin/webhooks/queries.ts";
import { replayDelivery } from "#server/admin/webhooks/replay-delivery.ts";
import { testWebhook } from "#server/admin/webhooks/test-webhook.ts";
import { updateWebhook } from "#server/admin/webhooks/update-webhook.ts";
import type { WebDependencies } from "#server/http/server.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import * as contract from "#server/platform/webhooks/contract.ts";
import { route } from "./route.ts";

const { Webhook } = contract;
const WebhookPath = z.object({ webhook: z.uuid() });
const Change = contract.UpdateWebhook.omit({ webhookId: true });
const TestResult = contract.Attempt.extend({ isDelivered: z.boolean() });

/** Registers the routes for webhooks, their deliveries, and replaying those. */
export function webhooks(app: FastifyInstance, { config }: WebDependencies): void {
  const rules = config.webhooks;
  const Webhooks = z.object({ webhooks: z.array(Webhook) });
  route(
    app,
    { method: "GET", path: "/webhooks", summary: "List webhooks by name", response: Webhooks },
    async ({ ctx }) => ({ webhooks: await listWebhooks(ctx) }),
  );
  const create = { summary: "Create a webhook", body: contract.CreateWebhook };
  route(app, { method: "POST", path: "/webhooks", ...create, response: Webhook, status: 201 }, ({ ctx, body }) =>
    createWebhook(ctx, body, rules),
  );
  const one = { path: "/webhooks/:webhook", params: WebhookPath };
  route(app, { method: "GET", ...one, summary: "Get a webhook", response: Webhook }, ({ ctx, params }) =>
    getWebhook(ctx, params.webhook),
  );
  const change = { summary: "Update a webhook; omitted fields are unchanged", body: Change, response: Webhook };
  route(app, { method: "PATCH", ...one, ...change }, ({ ctx, params, body }) =>
    updateWebhook(ctx, { webhookId: params.webhook, ...body }, rules),
  );
  const query = contract.DeleteWebhook.omit({ webhookId: true });
  route(app, { method: "DELETE", ...one, summary: "Delete a webhook with its log", query }, ({ ctx, params, query }) =>
    deleteWebhook(ctx, { webhookId: params.webhook, ...query }),
  );
  deliveries(app, rules);
}

function deliveries(app: FastifyInstance, rules: NetworkRules): void {
  const Example = z.object({ event: z.string().max(130).optional() });
  const test = { summary: "Send a test delivery and return the result", body: Example, response: TestResult };
  const params = WebhookPath;
  route(app, { method: "POST", path: "/webhooks/:webhook/tests", params, ...test }, ({ ctx, params, body }) =>
    testWebhook(ctx, { webhookId: params.webhook, ...body }, rules),
  );
  const query = contract.ListDeliveries.omit({ webhookId: true });
  const response = z.object({ deliveries: z.array(contract.Delivery), next: z.string().optional() });
  const list = { summary: "List deliveries with every attempt, newest first", params, query, response };
  route(app, { method: "GET", path: "/webhooks/:webhook/deliveries", ...list }, ({ ctx, params, query }) =>
    listDeliveries(ctx, { webhookId: params.webhook, ...query }),
  );
  const replay = { summary: "Resend a delivery with a new ID", params: z.object({ delivery: z.uuid() }) };
  const replayed = z.object({ deliveryId: z.uuid() });
  route(
    app,
    { method: "POST", path: "/webhook-deliveries/:delivery/replays", ...replay, response: replayed, status: 202 },
    ({ ctx, params }) => replayDelivery(ctx, { deliveryId: params.delivery }),
  );
}
