import { and, eq, isNull } from "drizzle-orm";
import { memberships } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { DisableMembership, type User } from "../contract.ts";
import { endSessionsWithoutWorkspace } from "../sessions/end-sessions.ts";
import { ownUserId } from "../tokens/queries.ts";
import { getUser } from "../users/queries.ts";
import { requireRemainingAdmin } from "./require-remaining-admin.ts";
import { revokeTokensHere } from "./revoke-tokens.ts";

/**
 * Disables a member of this workspace: they lose access to it immediately, and their tokens here are permanently revoked. Their account,
 * and what they use in other workspaces, stays as it is.
 * @throws DomainError "not-found", "conflict" for oneself, the last admin, or a member who is disabled already.
 */
export async function disableMembership(ctx: Context, input: DisableMembership): Promise<User> {
  permit(ctx, "disableMembership");
  const { userId, reason } = DisableMembership.parse(input);
  if ((await ownUserId(ctx)) === userId) {
    throw new DomainError("conflict", "You cannot disable yourself. Ask another admin.");
  }
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    await requireRemainingAdmin(ctx, userId);
    const { email } = await getUser(ctx, userId);
    const now = new Date();
    const [disabled] = await ctx.db
      .update(memberships)
      .set({ disabledAt: now })
      .where(
        and(eq(memberships.userId, userId), eq(memberships.workspaceId, workspaceId), isNull(memberships.disabledAt)),
      )
      .returning({ userId: memberships.userId });
    if (!disabled) throw new DomainError("conflict", `${email} is already disabled.`);
    await endSessionsWithoutWorkspace(ctx, [userId], "membership-ended");
    const after = { revokedTokens: await revokeTokensHere(ctx, userId, now) };
    await record(ctx, "membership.disabled", { subject: `user/${email}`, after, reason });
    await publish(ctx, "settings", userId);
    return getUser(ctx, userId);
  });
}
