import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { memberships, users, workspaces } from "#db/schema/index.ts";
import { DomainError } from "#server/base/errors.ts";
import { SignIn } from "../contract.ts";
import { recordFailedSignIn, recordThrottledSignIn } from "../sign-in-log/record-refused-sign-in.ts";
import { recordSignIn } from "../sign-in-log/record-sign-in.ts";
import { entrance } from "../workspaces/choose-workspace.ts";
import { startAttempt, succeedAttempt, waiting, waitOf } from "./attempts.ts";
import { verifyPassword } from "./password.ts";

/** Authenticated user, from which a session is created. */
export interface SignedIn {
  userId: string;
  email: string;
  name: string;
  sessionVersion: number;
  mustChangePassword: boolean;
}

/**
 * Checks email and password. After five failures in a row an email waits, and after many an address does; the counts are in
 * the database, so that restarts and other processes do not reset them.
 * @throws DomainError "unauthenticated" without telling which of the two was wrong, "rate-limited" with the wait in seconds,
 * "forbidden" when the password is right and the account is disabled.
 */
export async function verifySignIn(db: Database, input: SignIn, now = new Date()): Promise<SignedIn> {
  const { email, password, address } = SignIn.parse(input);
  const attempt = { email, address, now };
  const attemptId = await startAttempt(db, attempt).catch(async (error: unknown) => {
    if (error instanceof DomainError) await recordThrottledSignIn(db, attempt);
    throw error;
  });
  const [user] = await db
    .select()
    .from(users)
    .where(eq(sql`lower(${users.email})`, email));
  if (!(await verifyPassword(user?.passwordHash, password)) || !user) {
    await recordFailedSignIn(db, { ...attempt, reason: "Incorrect email or password." });
    const wait = await waitOf(db, attempt);
    if (wait > 0) throw waiting(wait);
    throw new DomainError("unauthenticated", "Incorrect email or password.");
  }
  await succeedAttempt(db, attemptId);
  await requireActiveMembership(db, user.id).catch(async (error: unknown) => {
    await recordFailedSignIn(db, { ...attempt, reason: "The account is disabled." });
    throw error;
  });
  await recordSignIn(db, user, { method: "password", address, now });
  const { id: userId, name, sessionVersion, mustChangePassword } = user;
  return { userId, email: user.email, name, sessionVersion, mustChangePassword };
}

/** @throws DomainError "forbidden" for a user who is disabled in every workspace. */
export async function requireActiveMembership(db: Database, userId: string): Promise<void> {
  const [active] = await db
    .select({ role: memberships.role })
    .from(memberships)
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(and(eq(memberships.userId, userId), entrance(undefined)))
    .limit(1);
  if (!active)
    throw new DomainError("forbidden", "This account is disabled. An admin can enable it under Settings, People.");
}
