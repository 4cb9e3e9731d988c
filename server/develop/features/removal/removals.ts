import { eq, gte, inArray, or, type SQL, sql } from "drizzle-orm";
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

export interface RemovedKey {
  id: string;
  viewNumber: number;
  /** Null once the removal has ended: its receipt does not keep it. */
  key: Buffer | null;
  /** Rows that arrived later, in microseconds since 1970, belong to a key that was written again. */
  arrivedBy: number;
}

/** Lists removals of entity keys that were requested, or have ended, since a time in milliseconds since 1970. */
export function removalsSince(db: Database, since: number): Promise<RemovedKey[]> {
  return list(db, sql`${new Date(since).toISOString()}::timestamptz`);
}

/** Lists those that were requested, or have ended, in the last milliseconds by the database's clock. */
export function removalsWithin(db: Database, ms: number): Promise<RemovedKey[]> {
  return list(db, sql`now() - make_interval(secs => ${ms / 1000}::float8)`);
}

function list(db: Database, at: SQL): Promise<RemovedKey[]> {
  return db
    .select({
      id: featureKeyRemovals.id,
      viewNumber: featureViews.number,
      key: featureKeyRemovals.key,
      arrivedBy: featureKeyRemovals.arrivedBy,
    })
    .from(featureKeyRemovals)
    .innerJoin(featureViews, eq(featureViews.id, featureKeyRemovals.viewId))
    .where(or(gte(featureKeyRemovals.createdAt, at), gte(featureKeyRemovals.endedAt, at)));
}
