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

type UserRow = typeof users.$inferSelect;

/**
 * Checks email and password of a person who may sign in, without signing them in. The counts of failures are in the database, so that
 * restarts and other processes do not reset them; see limits.ts for the waits.
 * @throws DomainError "unauthenticated" without telling which of the two was wrong, "rate-limited" with the wait in seconds,
 * "forbidden" when the password is right and the account is disabled, or in no workspace.
 */
export async function verifySignIn(db: Database, input: SignIn, now = new Date()): Promise<UserRow> {
  const user = await verifyCredentials(db, input, now);
  await requireActiveMembership(db, user.id).catch(async (error: unknown) => {
    const { email, address } = SignIn.parse(input);
    await recordFailedSignIn(db, { email, address, now, reason: "The account is disabled." });
    throw error;
  });
  return user;
}

/** Checks email and password only: an invited person may be in no workspace yet. @throws DomainError as verifySignIn, but "forbidden" */
export async function verifyCredentials(db: Database, input: SignIn, now = new Date()): Promise<UserRow> {
  const { email, password, address, browser } = SignIn.parse(input);
  const attempt = { email, address, browser, now };
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
  return user;
}

/** Records the sign-in of a user who may sign in. @param address network address of the caller */
export async function arrive(db: Database, user: UserRow, address: string, now = new Date()): Promise<SignedIn> {
  await recordSignIn(db, user, { method: "password", address, now });
  const { id: userId, email, name, sessionVersion, mustChangePassword } = user;
  return { userId, email, name, sessionVersion, mustChangePassword };
}

/** @throws DomainError "forbidden" for a disabled user, and for one who is disabled in, or removed from, every workspace. */
export async function requireActiveMembership(db: Database, userId: string): Promise<void> {
  const [active] = await db
    .select({ role: memberships.role })
    .from(memberships)
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(and(eq(memberships.userId, userId), entrance(undefined)))
    .limit(1);
  if (!active) {
    throw new DomainError("forbidden", "This account is disabled, or not a member of any workspace. Ask an admin.");
  }
}
