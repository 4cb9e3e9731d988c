import { eq, sql } from "drizzle-orm";
import { users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { type NewPassword, ResetPassword } from "../contract.ts";
import { generatePassword, hashPassword } from "../sign-in/password.ts";
import { requireInstanceAdmin } from "../workspaces/instance-admin.ts";
import { getAccount } from "./account-queries.ts";

/**
 * Generates a new password for an account of the installation, returned once; its sessions end.
 * @throws DomainError "forbidden" for others than admins of the first workspace, "not-found"
 */
export async function resetPassword(ctx: Context, input: ResetPassword): Promise<NewPassword> {
  permit(ctx, "resetPassword");
  await requireInstanceAdmin(ctx);
  const { userId } = ResetPassword.parse(input);
  const password = generatePassword();
  const passwordHash = await hashPassword(password);
  return transact(ctx, async (ctx) => {
    const { email } = await getAccount(ctx, userId);
    await ctx.db
      .update(users)
      .set({ passwordHash, mustChangePassword: true, sessionVersion: sql`${users.sessionVersion} + 1` })
      .where(eq(users.id, userId));
    await record(ctx, "user.password-reset", { subject: `user/${email}` });
    await publish(ctx, "settings", userId);
    return { account: await getAccount(ctx, userId), password };
  });
}
