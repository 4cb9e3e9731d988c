import { eq } from "drizzle-orm";
import { users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { verifySignIn } from "../sign-in/verify-sign-in.ts";

/**
 * Checks the password of the person who is signed in, so that an unlocked browser alone changes nothing about how they sign in.
 * @throws DomainError "invalid" for a wrong password, "rate-limited" as at sign-in, "forbidden" for a token, "conflict" without a password.
 */
export async function requireCurrentPassword(
  ctx: Context,
  password: string,
): Promise<{ userId: string; email: string }> {
  if (ctx.actor.kind !== "user")
    throw new DomainError("forbidden", "This requires a signed-in person; tokens are not accepted.");
  const [user] = await ctx.db.select().from(users).where(eq(users.id, ctx.actor.id));
  if (!user?.passwordHash)
    throw new DomainError("conflict", "You sign in with your company account, which has its own second factor.");
  const address = ctx.actor.address ?? "unknown";
  await verifySignIn(ctx.db, { email: user.email, password, address }).catch((error) => {
    if (!(error instanceof DomainError) || error.code !== "unauthenticated") throw error;
    throw new DomainError("invalid", "The current password is incorrect.", { cause: error, field: "currentPassword" });
  });
  return { userId: user.id, email: user.email };
}
