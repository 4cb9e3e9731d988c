import { and, eq, isNull } from "drizzle-orm";
import { recoveryCodes, secondFactors, users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "../../permissions/permit.ts";
import { decryptSecret } from "../../secrets/decrypt-secret.ts";
import { ConfirmSecondFactor, type RecoveryCodes } from "./contract.ts";
import { hashRecoveryCode, newRecoveryCodes } from "./recovery-codes.ts";
import { stepOfCode } from "./totp.ts";

/**
 * Completes the second factor of the caller with a first code of the app; from now on sign-in asks for one.
 * @returns recovery codes for a lost phone, shown once.
 * @throws DomainError "invalid" for a wrong code, "conflict" when `startSecondFactor` was not called before.
 */
export async function confirmSecondFactor(ctx: Context, input: ConfirmSecondFactor): Promise<RecoveryCodes> {
  permit(ctx, "confirmSecondFactor");
  const { code } = ConfirmSecondFactor.parse(input);
  return transact(ctx, async (ctx) => {
    const unconfirmed = and(eq(secondFactors.userId, ctx.actor.id), isNull(secondFactors.confirmedAt));
    const [started] =
      ctx.actor.kind === "user"
        ? await ctx.db
            .select({ secret: secondFactors.secret, email: users.email })
            .from(secondFactors)
            .innerJoin(users, eq(users.id, secondFactors.userId))
            .where(unconfirmed)
            .for("update", { of: secondFactors })
        : [];
    if (!started) throw new DomainError("conflict", "Start again: there is no authenticator app to confirm.");
    const secret = await decryptSecret(ctx.db, "second_factors.secret", ctx.actor.id, started.secret);
    const now = new Date();
    const step = stepOfCode(secret, code.replaceAll(" ", ""), now, null);
    if (step === undefined)
      throw new DomainError("invalid", "This code is incorrect. Check the clock of your phone and enter a new one.", {
        field: "code",
      });
    await ctx.db.update(secondFactors).set({ confirmedAt: now, lastStep: step }).where(unconfirmed);
    const codes = newRecoveryCodes();
    await ctx.db.delete(recoveryCodes).where(eq(recoveryCodes.userId, ctx.actor.id));
    await ctx.db
      .insert(recoveryCodes)
      .values(codes.map((each) => ({ userId: ctx.actor.id, hash: hashRecoveryCode(each) })));
    await record(ctx, "user.second-factor-added", { subject: `user/${started.email}` });
    return { recoveryCodes: codes };
  });
}
