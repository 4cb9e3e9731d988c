import { eq, sql } from "drizzle-orm";
import { sessions, users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { type NewPassword, ResetPassword } from "../contract.ts";
import { endSessions } from "../sessions/end-sessions.ts";
import { generatePassword, hashPassword } from "../sign-in/password.ts";
import { revokeTokensOf } from "../tokens/revoke-tokens-of.ts";
import { requireInstanceAdmin } from "../workspaces/instance-admin.ts";
import { getAccount } from "./account-queries.ts";

/**
 * Generates a new password for an account of the installation, returned once; its sessions end, and with
 * `revokeTokens` its tokens are revoked in every workspace.
 * @throws DomainError "forbidden" for others than admins of the first workspace, "not-found"
 */
export async function resetPassword(ctx: Context, input: ResetPassword): Promise<NewPassword> {
  permit(ctx, "resetPassword");
  await requireInstanceAdmin(ctx);
  const { userId, revokeTokens } = ResetPassword.parse(input);
  const password = generatePassword();
  const passwordHash = await hashPassword(password);
  return transact(ctx, async (ctx) => {
    const { email } = await getAccount(ctx, userId);
    await ctx.db
      .update(users)
      .set({ passwordHash, mustChangePassword: true, sessionVersion: sql`${users.sessionVersion} + 1` })
      .where(eq(users.id, userId));
    await endSessions(ctx, eq(sessions.userId, userId), "password-reset");
    const revoked = revokeTokens ? await revokeTokensOf(ctx, userId) : undefined;
    await record(ctx, "user.password-reset", { subject: `user/${email}`, ...(revoked && { after: revoked }) });
    await publish(ctx, "settings", userId);
    return { account: await getAccount(ctx, userId), password };
  });
}
