import { and, eq } from "drizzle-orm";
import { webhookDeliveries, webhooks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";

/**
 * Sends a delivery's body once more, under a new id, so that a receiver that has seen the first takes it as new.
 * @returns the id of the new delivery. @throws DomainError "not-found", "conflict" while the webhook is off or the first still waits.
 */
export async function replayDelivery(ctx: Context, input: { deliveryId: string }): Promise<{ deliveryId: string }> {
  permit(ctx, "replayDelivery");
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const [found] = await ctx.db
      .select({ old: webhookDeliveries, webhook: webhooks })
      .from(webhookDeliveries)
      .innerJoin(webhooks, eq(webhooks.id, webhookDeliveries.webhookId))
      .where(and(eq(webhookDeliveries.id, input.deliveryId), eq(webhookDeliveries.workspaceId, workspaceId)));
    if (!found) throw new DomainError("not-found", "Delivery not found. Deliveries are kept for 30 days.");
    const { old, webhook } = found;
    if (old.state === "pending") throw new DomainError("conflict", "This delivery is still being attempted.");
    if (webhook.disabledAt) throw new DomainError("conflict", "This webhook is disabled. Enable it first.");
    const { webhookId, event, url, taskId, body } = old;
    const [row] = await ctx.db
      .insert(webhookDeliveries)
      .values({ workspaceId, webhookId, event, url, taskId, body, replayOf: old.id, nextAttemptAt: new Date() })
      .returning({ id: webhookDeliveries.id });
    const deliveryId = row?.id as string;
    await publish(ctx, "deliveries", workspaceId);
    await record(ctx, "webhook.replayed", { subject: `webhook/${webhook.name}`, after: { event, deliveryId } });
    return { deliveryId };
  });
}
