import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { featureArrivals, featureMarks } from "#db/schema/index.ts";
import { DomainError } from "#server/base/errors.ts";
import { readRestored } from "#server/platform/installation-state.ts";

/** The first transaction of any database cluster: it ended before every state of the history. */
export const firstTransaction = 3;

/**
 * Makes arrivals of a restored backup visible. They have the transactions of another cluster, whose numbers mean nothing here. Part of the
 * restore, in its transaction.
 */
export async function settleRestoredHistory(db: Database): Promise<void> {
  await db.update(featureArrivals).set({ transaction: sql`${firstTransaction}::text::xid8` });
  // They are counted in the minutes that were restored with them.
  await db.update(featureMarks).set({ transaction: null });
}

/** Returns whether something was made before this installation was restored, so that it has transactions of another cluster. */
export async function restoredTest(db: Database): Promise<(made: { createdAt: Date }) => boolean> {
  const restored = await readRestored(db);
  if (!restored) return () => false;
  const restoredAt = new Date(restored.restoredAt);
  return ({ createdAt }) => createdAt < restoredAt;
}

/** Error for a state of the history that has lost its name. */
export function stateOfOtherCluster(): DomainError {
  return new DomainError(
    "conflict",
    "The training set was created before this installation was restored from a backup, so its history state is no longer available. Create a new training set.",
  );
}
