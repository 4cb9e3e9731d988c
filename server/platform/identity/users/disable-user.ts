import { and, eq, isNull, sql } from "drizzle-orm";
import { apiTokens, memberships, users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { DisableUser, type User } from "../contract.ts";
import { endSessionsWithoutWorkspace } from "../sessions/end-sessions.ts";
import { ownUserId } from "../tokens/queries.ts";
import { getUser } from "./queries.ts";
import { requireRemainingAdmin } from "./require-remaining-admin.ts";

/**
 * Disables a user in the workspace: sessions end immediately, their tokens here are permanently revoked. What they created stays.
 * @throws DomainError "not-found", "conflict" for oneself, the last admin, or a user who is disabled already.
 */
export async function disableUser(ctx: Context, input: DisableUser): Promise<User> {
  permit(ctx, "disableUser");
  const { userId, reason } = DisableUser.parse(input);
  if ((await ownUserId(ctx)) === userId) {
    throw new DomainError("conflict", "You cannot disable your own account. Ask another admin.");
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
    await ctx.db
      .update(users)
      .set({ sessionVersion: sql`${users.sessionVersion} + 1` })
      .where(eq(users.id, userId));
    await endSessionsWithoutWorkspace(ctx, [userId], "membership-ended");
    const revoked = await ctx.db
      .update(apiTokens)
      .set({ revokedAt: now })
      .where(and(eq(apiTokens.userId, userId), eq(apiTokens.workspaceId, workspaceId), isNull(apiTokens.revokedAt)))
      .returning({ prefix: apiTokens.prefix });
    const after = { revokedTokens: revoked.map((token) => token.prefix) };
    await record(ctx, "user.disabled", { subject: `user/${email}`, after, reason });
    await publish(ctx, "settings", userId);
    return getUser(ctx, userId);
  });
}
