import { and, eq, isNull, lt, or } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { memberships } from "#db/schema/index.ts";
import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";

const intervalMs = 5 * minuteMs;
const maxNoted = 10_000;

/** Times of the last notes of this process, by membership. */
const notedAt = new WeakMap<Database, Map<string, number>>();

/** Stores that a person uses a workspace, at most every 5 minutes. A failure is logged only. */
export async function noteUse(db: Database, userId: string, workspaceId: string, now = new Date()): Promise<void> {
  const noted = notedAt.get(db) ?? new Map<string, number>();
  notedAt.set(db, noted);
  const key = `${userId} ${workspaceId}`;
  if (now.getTime() - (noted.get(key) ?? 0) < intervalMs) return;
  if (noted.size >= maxNoted) noted.clear();
  noted.set(key, now.getTime());
  const isDue = or(isNull(memberships.lastUsedAt), lt(memberships.lastUsedAt, new Date(now.getTime() - intervalMs)));
  await db
    .update(memberships)
    .set({ lastUsedAt: now })
    .where(and(eq(memberships.userId, userId), eq(memberships.workspaceId, workspaceId), isDue))
    .catch((cause: unknown) => log.warn("membership.last_used_update_failed", { workspaceId, cause }));
}
