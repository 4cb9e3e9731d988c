import { and, eq } from "drizzle-orm";
import { webhooks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { checkAddress } from "../../platform/network/address.ts";
import { UpdateWebhook, type Webhook } from "../../platform/webhooks/contract.ts";
import { renewedSecret } from "../../platform/webhooks/renewed-secret.ts";
import { findWebhook, getWebhook } from "./queries.ts";

/**
 * Updates the given fields and keeps the rest. After a secret change, the old secret also signs for a day. A disabled webhook is not
 * notified, and queued deliveries are cancelled when their turn comes.
 * @throws DomainError "not-found", "invalid" for an address that the rules do not allow.
 */
export async function updateWebhook(ctx: Context, input: UpdateWebhook, rules: NetworkRules): Promise<Webhook> {
  permit(ctx, "updateWebhook");
  const { webhookId, isEnabled, secret, url: newUrl, events, ...texts } = UpdateWebhook.parse(input);
  const url = newUrl === undefined ? undefined : await checkAddress(newUrl, rules);
  return transact(ctx, async (ctx) => {
    const before = await findWebhook(ctx, webhookId);
    const now = new Date();
    await ctx.db
      .update(webhooks)
      .set({
        ...texts,
        ...(url !== undefined && { url }),
        ...(events && { events: [...new Set(events)].sort() }),
        ...(isEnabled !== undefined && { disabledAt: isEnabled ? null : (before.disabledAt ?? now) }),
        ...(secret && (await renewedSecret(ctx.db, before, secret, now))),
        updatedAt: now,
      })
      .where(and(eq(webhooks.id, webhookId), eq(webhooks.workspaceId, ctx.actor.workspaceId)));
    const after = await getWebhook(ctx, webhookId);
    await record(ctx, "webhook.updated", {
      subject: `webhook/${after.name}`,
      before: shown(before),
      after: { ...shown(after), ...(secret && { secret: "changed" }) },
    });
    await publish(ctx, "settings", webhookId);
    return after;
  });
}

function shown(webhook: Pick<Webhook, "name" | "url" | "events" | "description" | "disabledAt">) {
  const { name, url, events, description, disabledAt } = webhook;
  return { name, url, events, description, isEnabled: disabledAt === null };
}
