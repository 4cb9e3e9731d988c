import { and, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { sessions } from "#db/schema/index.ts";
import { SessionClaims } from "../sign-in/session.ts";
import { recordSignOut } from "../sign-in-log/record-sign-in.ts";
import { hashSecret } from "../tokens/secret.ts";

/**
 * Ends the session of a cookie, so that a copy of the cookie ends too, and records it.
 * @param claims contents of the decrypted cookie. @param address network address of the browser.
 */
export async function signOut(db: Database, claims: unknown, address: string): Promise<void> {
  const parsed = SessionClaims.safeParse(claims);
  if (!parsed.success) return;
  const [ended] = await db
    .update(sessions)
    .set({ revokedAt: sql`now()`, revokedReason: "signed-out" })
    .where(and(eq(sessions.hash, hashSecret(parsed.data.session)), isNull(sessions.revokedAt)))
    .returning({ userId: sessions.userId });
  if (ended) await recordSignOut(db, ended.userId, address);
}
