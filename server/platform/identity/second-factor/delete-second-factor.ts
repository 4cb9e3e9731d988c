import { eq } from "drizzle-orm";
import { recoveryCodes, secondFactors } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";

/** Deletes a person's second factor and recovery codes, in the caller's transaction. @throws DomainError "conflict" without one. */
export async function deleteSecondFactor(
  ctx: Context,
  { id: userId, email }: { id: string; email: string },
  reason?: string,
): Promise<void> {
  const deleted = await ctx.db
    .delete(secondFactors)
    .where(eq(secondFactors.userId, userId))
    .returning({ userId: secondFactors.userId });
  if (deleted.length === 0) throw new DomainError("conflict", `${email} has no authenticator app.`);
  await ctx.db.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  await record(ctx, "user.second-factor-removed", { subject: `user/${email}`, reason });
}
