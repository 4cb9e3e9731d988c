import { and, count, eq, gt, max, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { signInAttempts } from "#db/schema/index.ts";
import { DomainError } from "#server/base/errors.ts";
import { networkOf } from "#server/platform/network/network-of.ts";
import { findKnownBrowser } from "./known-browsers.ts";
import { type AttemptHistory, type Failures, limits, waitSeconds } from "./limits.ts";

interface Attempt {
  email: string;
  address: string;
  /** Cookie of the browser, if it sent one. */
  browser: string | undefined;
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
    const browser = await findKnownBrowser(transaction, attempt);
    const wait = waitSeconds(await historyOf(transaction, attempt, browser), now);
    if (wait > 0) throw waiting(wait);
    const [row] = await transaction
      .insert(signInAttempts)
      .values({ email, address, network: networkOf(address), browser, succeeded: false, at: now })
      .returning({ id: signInAttempts.id });
    return row?.id as number;
  });
}

/** Marks an attempt as successful, which resets the failures before it. */
export async function succeedAttempt(db: Database, id: number): Promise<void> {
  await db.update(signInAttempts).set({ succeeded: true }).where(eq(signInAttempts.id, id));
}

/** Returns the seconds until this email may try again from this network and browser; 0 means now. */
export async function waitOf(db: Database, attempt: Attempt): Promise<number> {
  const browser = await findKnownBrowser(db, attempt);
  return waitSeconds(await historyOf(db, attempt, browser), attempt.now);
}

async function historyOf(
  db: Database,
  { email, address, now }: Attempt,
  browser: string | undefined,
): Promise<AttemptHistory> {
  const since = (seconds: number) => new Date(now.getTime() - seconds * 1000);
  const ofEmail = eq(signInAttempts.email, email);
  const inMemory = gt(signInAttempts.at, since(limits.memorySeconds));
  const inNetwork = eq(signInAttempts.network, networkOf(address));
  const inBrowser = browser === undefined ? sql`false` : eq(signInAttempts.browser, browser);
  const pairSuccess = await lastSuccess(db, and(ofEmail, inNetwork));
  const browserSuccess = await lastSuccess(db, and(ofEmail, inBrowser));
  const after = (success: Date | undefined) => (success ? gt(signInAttempts.at, success) : undefined);
  return {
    pair: await failures(db, [ofEmail, inNetwork, inMemory, after(pairSuccess)]),
    network: await failures(db, [inNetwork, gt(signInAttempts.at, since(limits.networkWindowSeconds))]),
    email: await failures(db, [ofEmail, inMemory]),
    isKnownNetwork: pairSuccess !== undefined && pairSuccess > since(limits.knownNetworkSeconds),
    browser:
      browser === undefined ? undefined : await failures(db, [ofEmail, inBrowser, inMemory, after(browserSuccess)]),
  };
}

async function lastSuccess(db: Database, where: ReturnType<typeof and>): Promise<Date | undefined> {
  const [row] = await db
    .select({ at: max(signInAttempts.at) })
    .from(signInAttempts)
    .where(and(eq(signInAttempts.succeeded, true), where));
  return row?.at ?? undefined;
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
