import { lt, sql } from "drizzle-orm";
import { featureRejects } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { makeArrivalPartitions } from "./arrival-partitions.ts";
import { deleteOrphanedRows } from "./delete-orphaned-rows.ts";

/**
 * Runs as a job: makes partitions of arrivals ahead of time, deletes rows of deleted views, and rejected rows after 30 days. A step that fails
 * stops no other, and fails the job at the end.
 */
export async function maintainFeatures({ db }: Context, at?: number, attempt: Attempt = attemptOnce): Promise<void> {
  await makeArrivalPartitions(db, at ?? (await databaseNow(db)), attempt);
  await attempt({ id: "latest rows" }, () => deleteOrphanedRows(db, "feature_latest"));
  await attempt({ id: "arrivals" }, () => deleteOrphanedRows(db, "feature_arrivals"));
  const isOld = lt(featureRejects.at, sql`now() - interval '30 days'`);
  await attempt({ id: "rejects" }, () => db.delete(featureRejects).where(isOld));
}
