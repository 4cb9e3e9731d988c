import { and, eq, isNull } from "drizzle-orm";
import { trustedKeys } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";
import { RevokeTrustedKey } from "./contract.ts";

/**
 * Revokes a key, including for signatures created before. Serving versions keep serving: the policy applies to the next deployment.
 * @throws DomainError "not-found", "conflict" when it was revoked already
 */
export async function revokeTrustedKey(ctx: Context, input: RevokeTrustedKey): Promise<void> {
  permit(ctx, "revokeTrustedKey");
  const { keyId, reason } = RevokeTrustedKey.parse(input);
  await transact(ctx, async (ctx) => {
    const isOwn = and(eq(trustedKeys.id, keyId), eq(trustedKeys.workspaceId, ctx.actor.workspaceId));
    const [row] = await ctx.db
      .update(trustedKeys)
      .set({ revokedAt: new Date(), revokedBy: ctx.actor.name })
      .where(and(isOwn, isNull(trustedKeys.revokedAt)))
      .returning();
    if (!row) {
      const [known] = await ctx.db.select({ name: trustedKeys.name }).from(trustedKeys).where(isOwn);
      if (known) throw new DomainError("conflict", `The key "${known.name}" has already been revoked.`);
      throw new DomainError("not-found", "Key not found. See Settings, Security for a list.");
    }
    await record(ctx, "trusted-key.revoked", { subject: `key/${row.name}`, reason });
    await enqueueChecks(ctx, undefined);
    await publish(ctx, "settings", keyId);
  });
}
