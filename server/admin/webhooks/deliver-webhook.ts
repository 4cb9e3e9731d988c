import { and, eq, sql } from "drizzle-orm";
import { webhookAttempts, webhookDeliveries, webhooks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { next } from "../../platform/webhooks/backoff.ts";
import { type Sent, send } from "../../platform/webhooks/send.ts";
import { signingSecrets } from "../../platform/webhooks/signing-secrets.ts";
import { headersOf } from "../../platform/webhooks/wire.ts";

/**
 * Attempts one delivery, stores the response, and schedules the next attempt if there is one. After a crash between sending and storing, it
 * is sent again under the same delivery id, which lets the receiver detect the duplicate.
 * @returns the response; undefined if nothing was sent because the delivery has ended or its webhook is disabled
 */
export async function deliverWebhook(ctx: Context, deliveryId: string, rules: NetworkRules): Promise<Sent | undefined> {
  permit(ctx, "deliverWebhook");
  const [found] = await ctx.db
    .select({ delivery: webhookDeliveries, webhook: webhooks })
    .from(webhookDeliveries)
    .innerJoin(webhooks, eq(webhooks.id, webhookDeliveries.webhookId))
    .where(and(ofWorkspace(ctx, deliveryId), eq(webhookDeliveries.state, "pending")));
  if (!found) return undefined;
  const { delivery, webhook } = found;
  if (webhook.disabledAt) {
    await cancel(ctx, deliveryId);
    return undefined;
  }
  const now = new Date();
  const headers = headersOf(delivery, await signingSecrets(ctx.db, webhook, now), now);
  const sent = await send(delivery.url ?? webhook.url, { headers, body: delivery.body }, rules);
  await settle(ctx, delivery, sent);
  return sent;
}

/** Writes down one try and what follows from it. */
async function settle(ctx: Context, delivery: { id: string; attempts: number }, sent: Sent): Promise<void> {
  const { retryAfterSeconds, ...attempt } = sent;
  const outcome = sent.status === null ? { error: sent.error ?? "" } : { status: sent.status, retryAfterSeconds };
  const step = next(outcome, delivery.attempts + 1);
  const waitSeconds = typeof step === "object" ? step.waitSeconds : null;
  await transact(ctx, async (ctx) => {
    const [moved] = await ctx.db
      .update(webhookDeliveries)
      .set({
        state: typeof step === "object" ? "pending" : step,
        attempts: delivery.attempts + 1,
        nextAttemptAt: waitSeconds === null ? null : sql`now() + make_interval(secs => ${waitSeconds})`,
      })
      // A second worker has not tried in vain, but only one of them counts.
      .where(and(ofWorkspace(ctx, delivery.id), eq(webhookDeliveries.attempts, delivery.attempts)))
      .returning({ id: webhookDeliveries.id });
    if (!moved) return;
    await ctx.db
      .insert(webhookAttempts)
      .values({ workspaceId: ctx.actor.workspaceId, deliveryId: delivery.id, ...attempt });
  });
}

async function cancel(ctx: Context, deliveryId: string): Promise<void> {
  await ctx.db
    .update(webhookDeliveries)
    .set({ state: "cancelled", nextAttemptAt: null })
    .where(ofWorkspace(ctx, deliveryId));
}

function ofWorkspace(ctx: Context, deliveryId: string) {
  return and(eq(webhookDeliveries.id, deliveryId), eq(webhookDeliveries.workspaceId, ctx.actor.workspaceId));
}
