import { and, eq, isNotNull } from "drizzle-orm";
import { memberships } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { EnableMembership, type User } from "../contract.ts";
import { getUser } from "../users/queries.ts";

/**
 * Enables a disabled member of this workspace, with their former role. Revoked tokens stay revoked.
 * @throws DomainError "not-found", "conflict" if they are not disabled, or disabled with their account.
 */
export async function enableMembership(ctx: Context, input: EnableMembership): Promise<User> {
  permit(ctx, "enableMembership");
  const { userId } = EnableMembership.parse(input);
  return transact(ctx, async (ctx) => {
    const { email, role } = await getUser(ctx, userId);
    const [enabled] = await ctx.db
      .update(memberships)
      .set({ disabledAt: null })
      .where(
        and(
          eq(memberships.userId, userId),
          eq(memberships.workspaceId, ctx.actor.workspaceId),
          isNotNull(memberships.disabledAt),
          eq(memberships.isDisabledByAccount, false),
        ),
      )
      .returning({ userId: memberships.userId });
    if (!enabled) {
      throw new DomainError(
        "conflict",
        `${email} is not disabled in this workspace. Only an admin of the first workspace can enable an account.`,
      );
    }
    await record(ctx, "membership.enabled", { subject: `user/${email}`, after: { role } });
    await publish(ctx, "settings", userId);
    return getUser(ctx, userId);
  });
}
