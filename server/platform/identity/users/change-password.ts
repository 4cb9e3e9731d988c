import { eq, sql } from "drizzle-orm";
import { users, workspaces } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "../../permissions/permit.ts";
import { ChangePassword } from "../contract.ts";
import { hashPassword } from "../sign-in/password.ts";
import { requireStrongPassword } from "../sign-in/password-policy.ts";
import { verifySignIn } from "../sign-in/verify-sign-in.ts";
import { ownUserId } from "../tokens/queries.ts";

/**
 * Changes the caller's own password. All other sessions of this person end.
 * @returns the session version that a session must carry from now on.
 * @throws DomainError "invalid" when the present password is wrong, "rate-limited" as at sign-in, "conflict" without a password.
 */
export async function changePassword(ctx: Context, input: ChangePassword): Promise<{ sessionVersion: number }> {
  permit(ctx, "changePassword");
  const { currentPassword, newPassword } = ChangePassword.parse(input);
  if (newPassword === currentPassword)
    throw new DomainError("invalid", "The new password must be different from the current one.");
  const email = await emailWithPassword(ctx);
  const address = ctx.actor.address ?? "unknown";
  await verifySignIn(ctx.db, { email, password: currentPassword, address }).catch((error) => {
    if (!(error instanceof DomainError) || error.code !== "unauthenticated") throw error;
    throw new DomainError("invalid", "The current password is incorrect.", { cause: error });
  });
  await requireStrongPassword(newPassword, await wordsAbout(ctx, email), "newPassword");
  const passwordHash = await hashPassword(newPassword);
  return transact(ctx, async (ctx) => {
    const [changed] = await ctx.db
      .update(users)
      .set({ passwordHash, mustChangePassword: false, sessionVersion: sql`${users.sessionVersion} + 1` })
      .where(eq(users.email, email))
      .returning({ sessionVersion: users.sessionVersion });
    if (!changed) throw new DomainError("not-found", "This account no longer exists.");
    await record(ctx, "user.password-changed", { subject: `user/${email}` });
    return changed;
  });
}

async function emailWithPassword(ctx: Context): Promise<string> {
  const userId = await ownUserId(ctx);
  const [user] = userId ? await ctx.db.select().from(users).where(eq(users.id, userId)) : [];
  if (!user?.passwordHash) {
    throw new DomainError("conflict", "You sign in with your company account, so there is no password to change here.");
  }
  return user.email;
}

/** Returns what others know about the person, which makes no password. */
async function wordsAbout(ctx: Context, email: string): Promise<string[]> {
  const [known] = await ctx.db
    .select({ name: users.name, workspace: workspaces.name, slug: workspaces.slug })
    .from(users)
    .innerJoin(workspaces, eq(workspaces.id, ctx.actor.workspaceId))
    .where(eq(users.email, email));
  return [email, ...Object.values(known ?? {})];
}
