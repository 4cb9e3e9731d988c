import type { Database } from "#db/client.ts";
import { DomainError } from "#server/base/errors.ts";
import { SignInWithPassword } from "../contract.ts";
import { verifySecondFactor } from "../second-factor/verify-second-factor.ts";
import { recordFailedSignIn } from "../sign-in-log/record-refused-sign-in.ts";
import { arrive, type SignedIn, verifySignIn } from "./verify-sign-in.ts";

/**
 * Signs a person in with email, password and, if they have an authenticator app, its code.
 * @throws DomainError as verifySignIn and verifySecondFactor do
 */
export async function signInWithPassword(db: Database, input: SignInWithPassword, now = new Date()): Promise<SignedIn> {
  const { code, ...credentials } = SignInWithPassword.parse(input);
  const { email, address } = credentials;
  const user = await verifySignIn(db, credentials, now);
  await verifySecondFactor(db, user.id, code, now).catch(async (error: unknown) => {
    // A missing code is how the form learns that it has to ask for one.
    if (code && error instanceof DomainError) {
      await recordFailedSignIn(db, { email, address, now, reason: "Incorrect code of the authenticator app." });
    }
    throw error;
  });
  return arrive(db, user, address, now);
}
