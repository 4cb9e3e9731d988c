import { webhookAttempts, webhookDeliveries } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { next } from "../../platform/webhooks/backoff.ts";
import type { Attempt } from "../../platform/webhooks/contract.ts";
import { exampleOf } from "../../platform/webhooks/mlflow-events.ts";
import { send } from "../../platform/webhooks/send.ts";
import { signingSecrets } from "../../platform/webhooks/signing-secrets.ts";
import { bodyOf, headersOf } from "../../platform/webhooks/wire.ts";
import { findWebhook } from "./queries.ts";

/**
 * Sends an example immediately, and stores it in the delivery log like any other; there is only one attempt.
 * @param event event for the example; the webhook's first one when omitted.
 * @throws DomainError "not-found"
 */
export async function testWebhook(
  ctx: Context,
  input: { webhookId: string; event?: string | undefined },
  rules: NetworkRules,
): Promise<Attempt & { isDelivered: boolean }> {
  permit(ctx, "testWebhook");
  const webhook = await findWebhook(ctx, input.webhookId);
  const now = new Date();
  const example = exampleOf(input.event ?? webhook.events[0] ?? "*");
  const delivery = { id: crypto.randomUUID(), event: example.event, body: bodyOf(example, now) };
  const headers = headersOf(delivery, await signingSecrets(ctx.db, webhook, now), now);
  const { retryAfterSeconds: _, ...sent } = await send(webhook.url, { headers, body: delivery.body }, rules);
  const outcome = sent.status === null ? { error: sent.error ?? "" } : { status: sent.status };
  const isDelivered = next(outcome, 1) === "delivered";
  const { workspaceId } = ctx.actor;
  await transact(ctx, async (ctx) => {
    const state = isDelivered ? ("delivered" as const) : ("failed" as const);
    await ctx.db
      .insert(webhookDeliveries)
      .values({ ...delivery, workspaceId, webhookId: webhook.id, state, attempts: 1, createdAt: now });
    await ctx.db.insert(webhookAttempts).values({ workspaceId, deliveryId: delivery.id, at: now, ...sent });
  });
  return { ...sent, at: now, isDelivered };
}
