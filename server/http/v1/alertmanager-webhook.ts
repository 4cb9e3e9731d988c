import type { FastifyInstance } from "fastify";
import { WebhookMessage, WebhookReceipt } from "#server/alerting/alerts/webhook/contract.ts";
import { receiveWebhook } from "#server/alerting/alerts/webhook/receive-webhook.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { route } from "./route.ts";

/** Receives notifications from another Alertmanager, or another Leeway. */
export function alertmanagerWebhook(app: FastifyInstance): void {
  const take = { summary: "Receive alerts in Alertmanager webhook format, version 4", body: WebhookMessage };
  route(app, { method: "POST", path: "/webhooks/alertmanager", ...take, response: WebhookReceipt }, ({ ctx, body }) =>
    receiveWebhook(ctx, body, notifyAfterChange),
  );
}
