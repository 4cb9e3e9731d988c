import type { Database } from "#db/client.ts";
import { SignInWithPassword } from "../contract.ts";
import { verifySecondFactor } from "../second-factor/verify-second-factor.ts";
import { arrive, requireActiveMembership, type SignedIn, verifyCredentials } from "./verify-sign-in.ts";

/**
 * Signs a person in with email, password and, if they have an authenticator app, its code.
 * @throws DomainError as verifySignIn and verifySecondFactor do
 */
export async function signInWithPassword(
  db: Database,
  input: SignInWithPassword,
  now = new Date(),
): Promise<SignedIn> {
  const { code, ...credentials } = SignInWithPassword.parse(input);
  const user = await verifyCredentials(db, credentials, now);
  await verifySecondFactor(db, user.id, code, now);
  await requireActiveMembership(db, user.id);
  return arrive(db, user, now);
}
