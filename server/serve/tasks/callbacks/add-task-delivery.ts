import { webhookDeliveries } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { bodyOf } from "../../../platform/webhooks/wire.ts";
import { readTaskWebhook } from "./queries.ts";

interface FinishedTask {
  endpointId: string;
  taskId: string;
  url: string;
  /** "task.succeeded". */
  event: string;
  data: Record<string, unknown>;
}

/**
 * Puts the end of a task into the outbox, in the transaction that ends it: it is sent if and only if the task ended this way, and
 * under one id for all attempts. Nothing is sent when the endpoint's secret was deleted meanwhile.
 */
export async function addTaskDelivery(
  ctx: Context,
  { endpointId, taskId, url, event, data }: FinishedTask,
): Promise<void> {
  const webhook = await readTaskWebhook(ctx, endpointId);
  if (!webhook) return;
  const now = new Date();
  await ctx.db.insert(webhookDeliveries).values({
    workspaceId: ctx.actor.workspaceId,
    webhookId: webhook.id,
    event,
    url,
    taskId,
    body: bodyOf({ event, data }, now),
    nextAttemptAt: now,
  });
  await publish(ctx, "deliveries", ctx.actor.workspaceId);
}
