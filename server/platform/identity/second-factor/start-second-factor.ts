import { secondFactors } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "../../permissions/permit.ts";
import { encryptSecret } from "../../secrets/encrypt-secret.ts";
import { type NewSecondFactor, StartSecondFactor } from "./contract.ts";
import { requireCurrentPassword } from "./require-current-password.ts";
import { newTotpSecret, totpAddress } from "./totp.ts";
import { hasSecondFactor } from "./verify-second-factor.ts";

const issuer = "Leeway";

/**
 * Creates the secret of an authenticator app for the caller. Sign-in asks for codes only once `confirmSecondFactor` has seen one, so that
 * a code that was never scanned locks nobody out. Calling it again replaces an unconfirmed secret.
 * @throws DomainError "conflict" when there is a second factor already, and as requireCurrentPassword does.
 */
export async function startSecondFactor(ctx: Context, input: StartSecondFactor): Promise<NewSecondFactor> {
  permit(ctx, "startSecondFactor");
  const { currentPassword } = StartSecondFactor.parse(input);
  const { userId, email } = await requireCurrentPassword(ctx, currentPassword);
  const secret = newTotpSecret();
  await transact(ctx, async (ctx) => {
    if (await hasSecondFactor(ctx.db, userId))
      throw new DomainError("conflict", "An authenticator app is already set up. Remove it first.");
    const stored = await encryptSecret(ctx.db, "second_factors.secret", userId, secret);
    const values = { secret: stored, createdAt: new Date() };
    await ctx.db
      .insert(secondFactors)
      .values({ userId, ...values })
      .onConflictDoUpdate({ target: secondFactors.userId, set: values });
  });
  return { secret, address: totpAddress(secret, email, issuer) };
}
