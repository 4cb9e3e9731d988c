import { and, eq, isNull } from "drizzle-orm";
import { webhookDeliveries, webhooks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { covers, type WebhookEvent } from "./mlflow-events.ts";
import { bodyOf } from "./wire.ts";

/**
 * Adds events to the outbox of every webhook that subscribes to them, in the caller's transaction: they are sent if and only if
 * the change that they describe is committed.
 */
export async function addDeliveries(ctx: Context, events: readonly WebhookEvent[]): Promise<void> {
  const listening = await ctx.db
    .select({ id: webhooks.id, events: webhooks.events })
    .from(webhooks)
    .where(and(eq(webhooks.workspaceId, ctx.actor.workspaceId), isNull(webhooks.disabledAt)));
  const now = new Date();
  const rows = listening.flatMap((webhook) =>
    events
      .filter(({ event }) => covers(webhook.events, event))
      .map((event) => ({
        workspaceId: ctx.actor.workspaceId,
        webhookId: webhook.id,
        event: event.event,
        body: bodyOf(event, now),
        nextAttemptAt: now,
      })),
  );
  if (rows.length === 0) return;
  await ctx.db.insert(webhookDeliveries).values(rows);
  await publish(ctx, "deliveries", ctx.actor.workspaceId);
}
