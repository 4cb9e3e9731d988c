import { and, eq, isNull } from "drizzle-orm";
import { memberships } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { DisableServiceAccount, type ServiceAccount } from "../contract.ts";
import { revokeTokensOf } from "../tokens/revoke-tokens-of.ts";
import { loadServiceAccount } from "./queries.ts";

/**
 * Disables a service account permanently: its tokens are revoked. What it created stays.
 * @throws DomainError "not-found", "conflict" if it is disabled already.
 */
export async function disableServiceAccount(ctx: Context, input: DisableServiceAccount): Promise<ServiceAccount> {
  permit(ctx, "disableServiceAccount");
  const { serviceAccountId, reason } = DisableServiceAccount.parse(input);
  return transact(ctx, async (ctx) => {
    const { name, role } = await loadServiceAccount(ctx, serviceAccountId);
    const [disabled] = await ctx.db
      .update(memberships)
      .set({ disabledAt: new Date() })
      .where(
        and(
          eq(memberships.userId, serviceAccountId),
          eq(memberships.workspaceId, ctx.actor.workspaceId),
          isNull(memberships.disabledAt),
        ),
      )
      .returning({ userId: memberships.userId });
    if (!disabled) throw new DomainError("conflict", `The service account ${name} is already disabled.`);
    const { revokedTokens } = await revokeTokensOf(ctx, serviceAccountId);
    await record(ctx, "service-account.disabled", {
      subject: `service-account/${serviceAccountId}`,
      before: { name, role },
      after: { revokedTokens },
      reason,
    });
    await publish(ctx, "settings", serviceAccountId);
    return loadServiceAccount(ctx, serviceAccountId);
  });
}
