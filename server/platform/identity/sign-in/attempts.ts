import { and, count, eq, gt, max, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { signInAttempts } from "#db/schema/index.ts";
import { DomainError } from "#server/base/errors.ts";
import { type Failures, limits, waitSeconds } from "./limits.ts";

interface Attempt {
  email: string;
  address: string;
  now: Date;
}

/**
 * Counts an attempt before the password is verified, as failed until it succeeds: a hundred concurrent attempts gain nothing.
 * @returns the id to settle with succeedAttempt.
 * @throws DomainError "rate-limited" with the seconds to wait; such an attempt is not counted.
 */
export async function startAttempt(db: Database, attempt: Attempt): Promise<number> {
  const { email, address, now } = attempt;
  return db.transaction(async (transaction) => {
    await transaction.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`sign-in ${email}`}, 0))`);
    const wait = await waitOf(transaction, attempt);
    if (wait > 0) throw waiting(wait);
    const [row] = await transaction
      .insert(signInAttempts)
      .values({ email, address, succeeded: false, at: now })
      .returning({ id: signInAttempts.id });
    return row?.id as number;
  });
}

/** Marks an attempt as successful, which resets the failures before it. */
export async function succeedAttempt(db: Database, id: number): Promise<void> {
  await db.update(signInAttempts).set({ succeeded: true }).where(eq(signInAttempts.id, id));
}

/** Returns the seconds until this email may try again from this address; 0 means now. */
export async function waitOf(db: Database, { email, address, now }: Attempt): Promise<number> {
  const since = (seconds: number) => new Date(now.getTime() - seconds * 1000);
  const lastSuccess = db
    .select({ at: max(signInAttempts.at) })
    .from(signInAttempts)
    .where(and(eq(signInAttempts.email, email), eq(signInAttempts.succeeded, true)));
  const ofEmail = await failures(db, [
    eq(signInAttempts.email, email),
    gt(signInAttempts.at, since(limits.memorySeconds)),
    sql`${signInAttempts.at} > coalesce((${lastSuccess}), '-infinity')`,
  ]);
  const ofAddress = await failures(db, [
    eq(signInAttempts.address, address),
    gt(signInAttempts.at, since(limits.addressWindowSeconds)),
  ]);
  return waitSeconds(ofEmail, ofAddress, now);
}

async function failures(db: Database, where: Parameters<typeof and>): Promise<Failures> {
  const [row] = await db
    .select({ count: count(), lastAt: max(signInAttempts.at) })
    .from(signInAttempts)
    .where(and(eq(signInAttempts.succeeded, false), ...where));
  return { count: row?.count ?? 0, lastAt: row?.lastAt ?? undefined };
}

/** Returns the error whose wait the sign-in page counts down. */
export function waiting(seconds: number): DomainError {
  return new DomainError("rate-limited", `Too many attempts. Try again in ${seconds}\u00a0s.`, {
    retryAfterSeconds: seconds,
  });
}
