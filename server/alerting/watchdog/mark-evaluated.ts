import { isNull, lt, or, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { watchdogs } from "#db/schema/index.ts";

/** Marks are at most this precise: rounds run every second. */
const markMs = 10_000;

/** Marks the watchdogs of all workspaces as evaluated, after a round in which a worker has evaluated the alert rules. */
export async function markEvaluated(db: Database, now: number): Promise<void> {
  const isOld = or(isNull(watchdogs.evaluatedAt), lt(watchdogs.evaluatedAt, new Date(now - markMs)));
  await db
    .update(watchdogs)
    .set({ evaluatedAt: sql`${new Date(now)}` })
    .where(isOld);
}
