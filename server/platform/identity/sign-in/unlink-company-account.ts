import { and, eq, isNotNull } from "drizzle-orm";
import { users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "../../permissions/permit.ts";

/**
 * Unlinks the company account of the signed-in person, who then signs in with their password.
 * @throws DomainError "forbidden" for a token, "conflict" without a password or a linked company account.
 */
export async function unlinkCompanyAccount(ctx: Context): Promise<void> {
  permit(ctx, "unlinkCompanyAccount");
  const { kind, id } = ctx.actor;
  if (kind !== "user") throw new DomainError("forbidden", "Only a signed-in person can unlink a company account.");
  await transact(ctx, async (ctx) => {
    const [before] = await ctx.db.select({ subject: users.oidcSubject }).from(users).where(eq(users.id, id));
    const [unlinked] = await ctx.db
      .update(users)
      .set({ oidcSubject: null })
      .where(and(eq(users.id, id), isNotNull(users.oidcSubject), isNotNull(users.passwordHash)))
      .returning({ email: users.email });
    if (!unlinked) throw new DomainError("conflict", "Unlinking requires a linked company account and a password.");
    await record(ctx, "user.company-account-unlinked", { subject: `user/${unlinked.email}`, before });
  });
}
