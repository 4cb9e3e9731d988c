import { randomBytes, randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { webhooks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { encryptSecret } from "#server/platform/secrets/encrypt-secret.ts";
import { renewedSecret } from "#server/platform/webhooks/renewed-secret.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import { checkAddress } from "../../../platform/network/address.ts";
import { type NewTaskWebhook, SetTaskWebhook } from "./contract.ts";
import { readTaskWebhook, toTaskWebhook } from "./queries.ts";

/**
 * Sets the URL that is notified when an endpoint's tasks end, and creates the secret that signs deliveries: at the first call, and when
 * a new one is requested. Only that response contains it.
 * @throws DomainError "invalid" for a URL that the rules do not allow, "not-found", "conflict" when the endpoint is archived
 */
export async function setTaskWebhook(
  ctx: Context,
  input: SetTaskWebhook,
  rules: NetworkRules,
): Promise<NewTaskWebhook> {
  permit(ctx, "setTaskWebhook");
  const { endpointId, renewsSecret, ...values } = SetTaskWebhook.parse(input);
  const url = values.url ? await checkAddress(values.url, rules) : "";
  return transact(ctx, async (ctx) => {
    const { name } = await findLiveEndpoint(ctx, endpointId);
    const before = await readTaskWebhook(ctx, endpointId);
    const secret = renewsSecret || !before ? `whsec_${randomBytes(32).toString("base64url")}` : null;
    if (before) {
      const renewed = secret && (await renewedSecret(ctx.db, before, secret, new Date()));
      await ctx.db
        .update(webhooks)
        .set({ url, ...renewed, updatedAt: new Date() })
        .where(and(eq(webhooks.id, before.id), eq(webhooks.workspaceId, ctx.actor.workspaceId)));
    } else {
      const id = randomUUID();
      const stored = secret === null ? null : await encryptSecret(ctx.db, "webhooks.secret", id, secret);
      const [made] = await ctx.db
        .insert(webhooks)
        .values({ id, workspaceId: ctx.actor.workspaceId, endpointId, name, url, events: [], secret: stored })
        .onConflictDoNothing()
        .returning({ id: webhooks.id });
      if (!made) throw new DomainError("conflict", "Someone else has just created a secret. Request a new one.");
    }
    await record(ctx, "endpoint.task-webhook-set", {
      subject: `endpoint/${name}`,
      before: { url: before?.url || null },
      after: { url: url || null, ...(secret && { secret: before ? "changed" : "made" }) },
    });
    await publish(ctx, "endpoint", endpointId);
    const after = toTaskWebhook(await readTaskWebhook(ctx, endpointId));
    return { ...after, secret };
  });
}
