import { and, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { sessions } from "#db/schema/index.ts";
import { SessionClaims } from "../sign-in/session.ts";
import { hashSecret } from "../tokens/secret.ts";

/** Ends the session of a cookie, so that a copy of the cookie ends too. @param claims contents of the decrypted cookie. */
export async function signOut(db: Database, claims: unknown): Promise<void> {
  const parsed = SessionClaims.safeParse(claims);
  if (!parsed.success) return;
  await db
    .update(sessions)
    .set({ revokedAt: sql`now()`, revokedReason: "signed-out" })
    .where(and(eq(sessions.hash, hashSecret(parsed.data.session)), isNull(sessions.revokedAt)));
}
