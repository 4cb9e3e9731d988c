import { eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { users } from "#db/schema/index.ts";
import { DomainError } from "#server/base/errors.ts";
import { NewAccount, SignInWithInvitation } from "../contract.ts";
import { join } from "../invitations/accept-invitation.ts";
import { findInvitation } from "../invitations/open-invitation.ts";
import { verifySecondFactor } from "../second-factor/verify-second-factor.ts";
import { hashPassword } from "./password.ts";
import { requireStrongPassword } from "./password-policy.ts";
import { arrive, requireActiveMembership, type SignedIn, verifyCredentials } from "./verify-sign-in.ts";

/**
 * Accepts an invitation and signs in: with the password of the account of its address, or with a name and a password for a new account if
 * the link may create one. A link that proves nothing answers as for a wrong password where there is no account.
 * @throws DomainError "not-found" for a link that is not valid, "invalid" for a name or a weak password, otherwise as signInWithPassword
 */
export async function signInWithInvitation(db: Database, input: SignInWithInvitation): Promise<SignedIn> {
  const { secret, password, code, name, address, browser } = SignInWithInvitation.parse(input);
  const { email, mayCreateAccount, workspaceName, workspaceSlug } = await findInvitation(db, secret);
  const exists = (await db.$count(users, eq(sql`lower(${users.email})`, email))) > 0;
  if (mayCreateAccount && !exists) {
    const account = NewAccount.parse({ name: name ?? "", password });
    await requireStrongPassword(password, [account.name, email, workspaceName, workspaceSlug], "password");
    const passwordHash = await hashPassword(password);
    return settle(db, { secret, address }, async (db) => {
      const [made] = await db
        .insert(users)
        .values({ email, name: account.name, passwordHash })
        .onConflictDoNothing()
        .returning();
      if (!made) throw new DomainError("conflict", "This account was just created. Open the link again.");
      return made;
    });
  }
  const user = await verifyCredentials(db, { email, password, address, browser });
  await verifySecondFactor(db, user.id, code);
  return settle(db, { secret, address }, async () => user);
}

/** Joins and signs in, in one transaction. */
function settle(
  db: Database,
  { secret, address }: { secret: string; address: string },
  userOf: (db: Database) => Promise<typeof users.$inferSelect>,
): Promise<SignedIn> {
  return db.transaction(async (db) => {
    const invitation = await findInvitation(db, secret);
    const user = await userOf(db);
    await join(db, invitation, { ...user, address });
    await requireActiveMembership(db, user.id);
    return arrive(db, user, address);
  });
}
