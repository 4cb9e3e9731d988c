import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { sessions } from "#db/schema/index.ts";
import { log } from "#server/base/log.ts";

/** A session is written as seen at most once in this time. */
const lastSeenSeconds = 60;

/** Returns the condition for sessions whose last request was written more than a minute ago. */
export function seenLongAgo(): SQL<boolean> {
  return sql<boolean>`${sessions.lastSeenAt} < now() - make_interval(secs => ${lastSeenSeconds})`;
}

/** Writes that a session is in use. A failure is logged and does not fail the request. */
export async function noteSeen(db: Database, sessionId: string): Promise<void> {
  await db
    .update(sessions)
    .set({ lastSeenAt: sql`now()` })
    .where(and(eq(sessions.id, sessionId), seenLongAgo()))
    .catch((cause: unknown) => log.warn("session.last_seen_update_failed", { sessionId, cause }));
}
