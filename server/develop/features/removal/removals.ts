import { eq, gte, inArray, or, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { featureKeyRemovals, featureViews } from "#db/schema/index.ts";

/** Returns by view a text that changes when an entity key is removed from it, and when that removal has ended. Views without one are left out. */
export async function removalStates(db: Database, viewNumbers: readonly number[]): Promise<Map<number, string>> {
  if (viewNumbers.length === 0) return new Map();
  const found = await db
    .select({
      number: featureViews.number,
      state: sql<string>`count(*) || '/' || count(${featureKeyRemovals.endedAt})`,
    })
    .from(featureKeyRemovals)
    .innerJoin(featureViews, eq(featureViews.id, featureKeyRemovals.viewId))
    .where(inArray(featureViews.number, [...viewNumbers]))
    .groupBy(featureViews.number);
  return new Map(found.map(({ number, state }) => [number, state]));
}

interface RemovedKey {
  id: string;
  viewNumber: number;
  /** Null once the removal has ended: its receipt does not keep it. */
  key: Buffer | null;
}

/** Lists removals of entity keys that were requested, or have ended, since a time in milliseconds since 1970. */
export async function removalsSince(db: Database, since: number): Promise<RemovedKey[]> {
  const at = new Date(since);
  return db
    .select({ id: featureKeyRemovals.id, viewNumber: featureViews.number, key: featureKeyRemovals.key })
    .from(featureKeyRemovals)
    .innerJoin(featureViews, eq(featureViews.id, featureKeyRemovals.viewId))
    .where(or(gte(featureKeyRemovals.createdAt, at), gte(featureKeyRemovals.endedAt, at)));
}
