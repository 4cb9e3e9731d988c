import { and, eq, isNull, lt, or } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { recoveryCodes, secondFactors } from "#db/schema/index.ts";
import { backOff } from "#server/base/back-off.ts";
import { DomainError } from "#server/base/errors.ts";
import { decryptSecret } from "../../secrets/decrypt-secret.ts";
import { hashRecoveryCode } from "./recovery-codes.ts";
import { stepOfCode } from "./totp.ts";

/** Wrong codes that cost nothing. Whoever enters codes knows the password, so that only they can make the person wait. */
const freeFailures = 5;
const wait = { first: 30, longest: 15 * 60 };

/** Returns whether sign-in asks this person for a code. */
export async function hasSecondFactor(db: Database, userId: string): Promise<boolean> {
  return (await confirmedFactor(db, userId)) !== undefined;
}

/**
 * Checks the code of a person who has entered the right password; without a second factor, every code is right. A code of the authenticator
 * app is accepted once, and so is a recovery code. After five wrong codes in a row, each further one must wait: 30 s, doubling to 15 min, which
 * leaves an attacker who knows the password about 96 guesses a day, of a million codes of which three are valid.
 * @param code 6 digits, or a recovery code; spaces do not count.
 * @throws DomainError "unauthenticated" with the field "code" when it is missing or wrong, "rate-limited" with the seconds to wait.
 */
export async function verifySecondFactor(
  db: Database,
  userId: string,
  code: string | undefined,
  now = new Date(),
): Promise<void> {
  const factor = await confirmedFactor(db, userId);
  if (!factor) return;
  const entered = withoutSpaces(code ?? "");
  if (entered === "") throw new DomainError("unauthenticated", "Enter a code of your authenticator app.", codeField);
  // Wrong codes are counted in this transaction, so it returns what is then thrown: an error inside would roll the count back.
  const refusal = await db.transaction(async (transaction) => {
    // The lock makes a hundred concurrent guesses wait for each other.
    const [locked] = await transaction
      .select()
      .from(secondFactors)
      .where(eq(secondFactors.userId, userId))
      .for("update");
    if (!locked) return undefined;
    const seconds = waitSeconds(locked, now);
    if (seconds > 0) return tooManyCodes(seconds);
    if (await acceptCode(transaction, locked, entered, now)) return undefined;
    const counted = { failures: locked.failures + 1, lastFailureAt: now };
    await transaction.update(secondFactors).set(counted).where(eq(secondFactors.userId, userId));
    const nextWait = waitSeconds(counted, now);
    return nextWait > 0 ? tooManyCodes(nextWait) : wrongCode();
  });
  if (refusal) throw refusal;
}

const codeField = { field: "code" };

async function confirmedFactor(db: Database, userId: string) {
  const [factor] = await db.select().from(secondFactors).where(eq(secondFactors.userId, userId));
  return factor?.confirmedAt ? factor : undefined;
}

/** Uses a code up, so that it is accepted once. @returns false when it is wrong. */
async function acceptCode(
  db: Database,
  { userId, secret: stored, lastStep }: typeof secondFactors.$inferSelect,
  code: string,
  now: Date,
): Promise<boolean> {
  const secret = await decryptSecret(db, "second_factors.secret", userId, stored);
  const step = stepOfCode(secret, code, now, lastStep);
  const used =
    step === undefined
      ? await db
          .update(recoveryCodes)
          .set({ usedAt: now })
          .where(
            and(
              eq(recoveryCodes.userId, userId),
              eq(recoveryCodes.hash, hashRecoveryCode(code)),
              isNull(recoveryCodes.usedAt),
            ),
          )
          .returning({ id: recoveryCodes.id })
      : await db
          .update(secondFactors)
          .set({ lastStep: step })
          .where(
            and(eq(secondFactors.userId, userId), or(isNull(secondFactors.lastStep), lt(secondFactors.lastStep, step))),
          )
          .returning({ id: secondFactors.userId });
  if (used.length === 0) return false;
  await db.update(secondFactors).set({ failures: 0, lastFailureAt: null }).where(eq(secondFactors.userId, userId));
  return true;
}

function waitSeconds({ failures, lastFailureAt }: { failures: number; lastFailureAt: Date | null }, now: Date): number {
  if (failures < freeFailures || !lastFailureAt) return 0;
  const seconds = backOff(failures - freeFailures + 1, wait);
  return Math.max(0, Math.ceil(seconds - (now.getTime() - lastFailureAt.getTime()) / 1000));
}

function wrongCode(): DomainError {
  return new DomainError("unauthenticated", "This code is incorrect or was used before. Enter a new one.", codeField);
}

function tooManyCodes(seconds: number): DomainError {
  return new DomainError("rate-limited", `Too many wrong codes. Try again in ${seconds}\u00a0s.`, {
    retryAfterSeconds: seconds,
  });
}

function withoutSpaces(code: string): string {
  return code.replaceAll(" ", "").slice(0, 100);
}
