import { and, asc, eq, inArray } from "drizzle-orm";
import { endpoints, webhookDeliveries, webhooks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { attemptsOf } from "#server/platform/webhooks/attempts-of.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { GetTaskWebhook, TaskDelivery, type TaskWebhook } from "./contract.ts";

type Row = typeof webhooks.$inferSelect;

/** Returns an endpoint's URL for task webhooks, and whether there is a secret; never the secret. @throws DomainError "not-found" */
export async function getTaskWebhook(ctx: Context, input: GetTaskWebhook): Promise<TaskWebhook> {
  permit(ctx, "getTaskWebhook");
  const { endpointId } = GetTaskWebhook.parse(input);
  await findEndpointById(ctx, endpointId);
  return toTaskWebhook(await readTaskWebhook(ctx, endpointId));
}

/** Reads the webhook that signs deliveries of an endpoint's tasks, for commands. */
export async function readTaskWebhook(ctx: Context, endpointId: string): Promise<Row | undefined> {
  const ofEndpoint = and(eq(webhooks.workspaceId, ctx.actor.workspaceId), eq(webhooks.endpointId, endpointId));
  return (await ctx.db.select().from(webhooks).where(ofEndpoint))[0];
}

export function toTaskWebhook(row: Row | undefined): TaskWebhook {
  const { url, secret, previousSecretUntil = null } = row ?? {};
  return { url: url || null, isSigned: Boolean(secret), previousSecretUntil };
}

/**
 * Lists the deliveries for a completed task, oldest first, with every attempt. Empty for a task that is not of this workspace, or of an
 * endpoint that the caller may not use.
 */
export async function listTaskDeliveries(ctx: Context, { taskId }: { taskId: string }): Promise<TaskDelivery[]> {
  permit(ctx, "listTaskDeliveries");
  const ofTask = and(eq(webhookDeliveries.workspaceId, ctx.actor.workspaceId), eq(webhookDeliveries.taskId, taskId));
  const { endpoints: allowed } = ctx.actor;
  const rows = await ctx.db
    .select({ delivery: webhookDeliveries })
    .from(webhookDeliveries)
    .innerJoin(webhooks, eq(webhooks.id, webhookDeliveries.webhookId))
    .innerJoin(endpoints, eq(endpoints.id, webhooks.endpointId))
    .where(and(ofTask, allowed && inArray(endpoints.name, [...allowed])))
    .orderBy(asc(webhookDeliveries.createdAt));
  const tries = await attemptsOf(
    ctx,
    rows.map(({ delivery }) => delivery.id),
  );
  return rows.map(({ delivery: row }) => TaskDelivery.parse({ ...row, attempts: tries.get(row.id) ?? [] }));
}
