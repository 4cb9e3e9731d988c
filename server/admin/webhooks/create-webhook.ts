import { randomUUID } from "node:crypto";
import { and, count, eq, isNull } from "drizzle-orm";
import { webhooks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { encryptSecret } from "#server/platform/secrets/encrypt-secret.ts";
import { checkAddress } from "../../platform/network/address.ts";
import { CreateWebhook, type Webhook } from "../../platform/webhooks/contract.ts";
import { getWebhook } from "./queries.ts";

/** Every change is matched against each of them. */
const maxPerWorkspace = 100;

/**
 * Adds a URL that is notified of events from now on.
 * @throws DomainError "invalid" for an address that the rules do not allow or a host that has none, "conflict" at 100 webhooks.
 */
export async function createWebhook(ctx: Context, input: CreateWebhook, rules: NetworkRules): Promise<Webhook> {
  permit(ctx, "createWebhook");
  const { isEnabled, events, secret, ...request } = CreateWebhook.parse(input);
  const url = await checkAddress(request.url, rules);
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const ofSettings = and(eq(webhooks.workspaceId, workspaceId), isNull(webhooks.endpointId));
    const [known] = await ctx.db.select({ total: count() }).from(webhooks).where(ofSettings);
    if ((known?.total ?? 0) >= maxPerWorkspace) {
      throw new DomainError("conflict", `A workspace can have at most ${maxPerWorkspace} webhooks. Delete one first.`);
    }
    const id = randomUUID();
    const values = { ...request, id, url, events: [...new Set(events)].sort(), workspaceId };
    await ctx.db.insert(webhooks).values({
      ...values,
      secret: secret === undefined ? null : await encryptSecret(ctx.db, "webhooks.secret", id, secret),
      disabledAt: isEnabled ? null : new Date(),
    });
    const webhook = await getWebhook(ctx, id);
    const { name, isSigned } = webhook;
    await record(ctx, "webhook.created", {
      subject: `webhook/${name}`,
      after: { url, events: webhook.events, isSigned },
    });
    await publish(ctx, "settings", webhook.id);
    return webhook;
  });
}
