import { and, eq, isNull } from "drizzle-orm";
import { users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "../../permissions/permit.ts";
import { OidcIdentity } from "../contract.ts";
import { subjectOf } from "./sign-in-with-oidc.ts";

/**
 * Links the company account with which the signed-in person has just authenticated to their account.
 * @throws DomainError "forbidden" for a token, "conflict" if either account is linked already.
 */
export async function linkCompanyAccount(ctx: Context, input: OidcIdentity): Promise<void> {
  permit(ctx, "linkCompanyAccount");
  const subject = subjectOf(OidcIdentity.parse(input));
  const { kind, id } = ctx.actor;
  if (kind !== "user") throw new DomainError("forbidden", "Only a signed-in person can link a company account.");
  await transact(ctx, async (ctx) => {
    const [owner] = await ctx.db.select({ id: users.id }).from(users).where(eq(users.oidcSubject, subject));
    if (owner) throw new DomainError("conflict", "This company account is already linked to an account.");
    const [linked] = await ctx.db
      .update(users)
      .set({ oidcSubject: subject })
      .where(and(eq(users.id, id), isNull(users.oidcSubject)))
      .returning({ email: users.email });
    if (!linked) throw new DomainError("conflict", "Another company account is linked. Unlink that one first.");
    await record(ctx, "user.company-account-linked", { subject: `user/${linked.email}`, after: { subject } });
  });
}
