import { and, eq } from "drizzle-orm";
import { webhooks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { DeleteWebhook } from "../../platform/webhooks/contract.ts";
import { findWebhook } from "./queries.ts";

/** Removes a webhook with its delivery log; what was waiting is not sent. @throws DomainError "not-found" */
export async function deleteWebhook(ctx: Context, input: DeleteWebhook): Promise<void> {
  permit(ctx, "deleteWebhook");
  const { webhookId, reason } = DeleteWebhook.parse(input);
  await transact(ctx, async (ctx) => {
    const { name, url, events } = await findWebhook(ctx, webhookId);
    await ctx.db
      .delete(webhooks)
      .where(and(eq(webhooks.id, webhookId), eq(webhooks.workspaceId, ctx.actor.workspaceId)));
    await record(ctx, "webhook.deleted", { subject: `webhook/${name}`, before: { url, events }, reason });
    await publish(ctx, "settings", webhookId);
  });
}
