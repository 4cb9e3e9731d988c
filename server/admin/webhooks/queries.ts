import { and, asc, desc, eq, isNull, type SQL, sql } from "drizzle-orm";
import { webhookDeliveries, webhooks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { attemptsOf } from "../../platform/webhooks/attempts-of.ts";
import { Delivery, ListDeliveries, Webhook } from "../../platform/webhooks/contract.ts";

/** Lists every webhook of the workspace, by name. createWebhook limits their number. */
export async function listWebhooks(ctx: Context): Promise<Webhook[]> {
  permit(ctx, "listWebhooks");
  const rows = await ctx.db
    .select()
    .from(webhooks)
    .where(inWorkspace(ctx))
    .orderBy(asc(webhooks.name), asc(webhooks.id));
  return rows.map(toWebhook);
}

/** @throws DomainError "not-found" */
export async function getWebhook(ctx: Context, webhookId: string): Promise<Webhook> {
  permit(ctx, "getWebhook");
  return toWebhook(await findWebhook(ctx, webhookId));
}

/** Returns the row of a webhook, for commands. @throws DomainError "not-found" */
export async function findWebhook(ctx: Context, webhookId: string): Promise<typeof webhooks.$inferSelect> {
  // Compared as text: what is no UUID is not found either.
  const [row] = await ctx.db
    .select()
    .from(webhooks)
    .where(and(inWorkspace(ctx), sql`${webhooks.id}::text = ${webhookId}`));
  if (!row) throw new DomainError("not-found", `Webhook with ID ${webhookId} not found.`);
  return row;
}

/**
 * Lists the deliveries of a webhook with the response to each attempt, newest first. @returns `next`, the `after` of the following page.
 */
export async function listDeliveries(
  ctx: Context,
  input: ListDeliveries,
): Promise<{ deliveries: Delivery[]; next?: string }> {
  permit(ctx, "listDeliveries");
  const { webhookId, state, limit, after } = ListDeliveries.parse(input);
  await findWebhook(ctx, webhookId);
  const rows = await ctx.db
    .select()
    .from(webhookDeliveries)
    .where(
      and(
        eq(webhookDeliveries.workspaceId, ctx.actor.workspaceId),
        eq(webhookDeliveries.webhookId, webhookId),
        state && eq(webhookDeliveries.state, state),
        after ? olderThan(after) : undefined,
      ),
    )
    .orderBy(desc(webhookDeliveries.createdAt), desc(webhookDeliveries.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const tries = await attemptsOf(
    ctx,
    page.map(({ id }) => id),
  );
  const deliveries = page.map((row) => Delivery.parse({ ...row, attempts: tries.get(row.id) ?? [] }));
  const last = page.at(-1);
  return rows.length > limit && last ? { deliveries, next: last.id } : { deliveries };
}

function olderThan(deliveryId: string): SQL {
  const mark = sql`(select mark.created_at, mark.id from webhook_deliveries as mark where mark.id = ${deliveryId})`;
  return sql`(${webhookDeliveries.createdAt}, ${webhookDeliveries.id}) < ${mark}`;
}

/** Selects webhooks from the settings; those that sign an endpoint's tasks belong to the endpoint. */
function inWorkspace(ctx: Context): SQL | undefined {
  return and(eq(webhooks.workspaceId, ctx.actor.workspaceId), isNull(webhooks.endpointId));
}

function toWebhook(row: typeof webhooks.$inferSelect): Webhook {
  return Webhook.parse({ ...row, isSigned: row.secret !== null });
}
