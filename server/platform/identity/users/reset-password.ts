import { and, eq, ne, sql } from "drizzle-orm";
import { memberships, sessions, users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { type NewUser, ResetPassword } from "../contract.ts";
import { endSessions } from "../sessions/end-sessions.ts";
import { generatePassword, hashPassword } from "../sign-in/password.ts";
import { revokeTokensOf } from "../tokens/revoke-tokens-of.ts";
import { getUser } from "./queries.ts";

/**
 * Generates a new password for a user, returned once; their sessions end, and with `revokeTokens` their tokens are revoked.
 * @throws DomainError "not-found", "conflict" for a user who also belongs to another workspace: its admins did not agree.
 */
export async function resetPassword(ctx: Context, input: ResetPassword): Promise<NewUser> {
  permit(ctx, "resetPassword");
  const { userId, revokeTokens } = ResetPassword.parse(input);
  const password = generatePassword();
  const passwordHash = await hashPassword(password);
  return transact(ctx, async (ctx) => {
    const { email } = await getUser(ctx, userId);
    const elsewhere = and(eq(memberships.userId, userId), ne(memberships.workspaceId, ctx.actor.workspaceId));
    if ((await ctx.db.$count(memberships, elsewhere)) > 0) {
      throw new DomainError(
        "conflict",
        `${email} is also a member of another workspace, so only they can change their password, under Settings, Your account.`,
      );
    }
    await ctx.db
      .update(users)
      .set({ passwordHash, mustChangePassword: true, sessionVersion: sql`${users.sessionVersion} + 1` })
      .where(eq(users.id, userId));
    await endSessions(ctx, eq(sessions.userId, userId), "password-reset");
    const revoked = revokeTokens ? await revokeTokensOf(ctx, userId) : undefined;
    await record(ctx, "user.password-reset", { subject: `user/${email}`, ...(revoked && { after: revoked }) });
    await publish(ctx, "settings", userId);
    return { user: await getUser(ctx, userId), password };
  });
}
