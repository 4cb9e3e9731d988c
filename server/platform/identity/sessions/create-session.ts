import { randomBytes } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { sessions, users } from "#db/schema/index.ts";
import { DomainError } from "#server/base/errors.ts";
import { limits } from "#server/base/limits.ts";
import { withoutControlCharacters } from "#server/base/text/control-characters.ts";
import { hashSecret } from "../tokens/secret.ts";

/** Lifetime of a session from sign-in. */
export const sessionSeconds = 12 * 3600;

/** A person whose sign-in was verified, and the browser by which they recognise the session. */
interface NewSession {
  userId: string;
  /** As it was when the sign-in was verified. */
  sessionVersion: number;
  method: "password" | "oidc";
  address: string | null | undefined;
  userAgent: string | null | undefined;
}

/**
 * Creates a session. @returns the secret of 256 random bits for the cookie.
 * @throws DomainError "unauthenticated" if the password was changed or the person disabled since the sign-in was verified.
 */
export async function createSession(db: Database, session: NewSession): Promise<string> {
  const { userId, sessionVersion, method, address } = session;
  const secret = randomBytes(32).toString("base64url");
  const userAgent = withoutControlCharacters(session.userAgent ?? "").slice(0, limits.userAgentLength) || null;
  const expiresAt = sql`now() + make_interval(secs => ${sessionSeconds})`;
  await db.transaction(async (db) => {
    // The lock makes a concurrent change of the password wait, which then ends this session too.
    const [user] = await db
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, userId), eq(users.sessionVersion, sessionVersion), eq(users.kind, "person")))
      .for("share");
    if (!user) throw new DomainError("unauthenticated", "Your account was just changed. Sign in again.");
    await db.insert(sessions).values({ userId, method, address, userAgent, hash: hashSecret(secret), expiresAt });
  });
  return secret;
}
