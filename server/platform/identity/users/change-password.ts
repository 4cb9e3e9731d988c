import { and, eq, sql } from "drizzle-orm";
import { sessions, users, workspaces } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { ChangePassword } from "../contract.ts";
import { createSession } from "../sessions/create-session.ts";
import { endSessions, isActive } from "../sessions/end-sessions.ts";
import { hashPassword } from "../sign-in/password.ts";
import { requireStrongPassword } from "../sign-in/password-policy.ts";
import { verifySignIn } from "../sign-in/verify-sign-in.ts";
import { ownUserId } from "../tokens/queries.ts";
import { revokeTokensOf } from "../tokens/revoke-tokens-of.ts";

/** Id that no session has. */
const noSession = "00000000-0000-0000-0000-000000000000";

interface ChangedPassword {
  /** Secret of the session that replaces the caller's; undefined for a caller without a session. */
  sessionSecret: string | undefined;
}

/**
 * Changes the caller's own password. All their sessions end, and a new one replaces the caller's. Their tokens stay valid, unless
 * `revokeTokens` revokes them all, in every workspace.
 * @throws DomainError "invalid" when the present password is wrong, "rate-limited" as at sign-in, "conflict" without a password.
 */
export async function changePassword(ctx: Context, input: ChangePassword): Promise<ChangedPassword> {
  permit(ctx, "changePassword");
  const { currentPassword, newPassword, revokeTokens } = ChangePassword.parse(input);
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
      .returning({ userId: users.id, sessionVersion: users.sessionVersion });
    if (!changed) throw new DomainError("not-found", "This account no longer exists.");
    const [current] = await ctx.db
      .select()
      .from(sessions)
      .where(and(eq(sessions.id, ctx.actor.sessionId ?? noSession), isActive()));
    await endSessions(ctx, eq(sessions.userId, changed.userId), "password-changed");
    const revoked = revokeTokens ? await revokeTokensOf(ctx, changed.userId) : undefined;
    await record(ctx, "user.password-changed", { subject: `user/${email}`, ...(revoked && { after: revoked }) });
    await publish(ctx, "settings", changed.userId);
    return { sessionSecret: current && (await replaceSession(ctx, current, changed)) };
  });
}

/** Creates a session for the browser of another one, whose person has just proved the password. */
async function replaceSession(
  ctx: Context,
  { userAgent }: typeof sessions.$inferSelect,
  person: { userId: string; sessionVersion: number },
): Promise<string> {
  return createSession(ctx.db, { ...person, method: "password", address: ctx.actor.address, userAgent });
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
