import { lt, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { featureFindings, featureMinutes, featureRejects, featureValueHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { isComplete } from "../materialisations/continues-at.ts";
import { makeArrivalPartitions } from "./arrival-partitions.ts";
import { deleteOrphanedRows } from "./delete-orphaned-rows.ts";

/** Days that minutes of views are kept: replays of SLOs read a month, and limits are proposed from two weeks. */
export const featureMinuteDays = 35;
/** Batches are compared with the last week. */
const valueHourDays = 8;
const findingDays = 400;

/**
 * Deletes materialisations that ended 90 days ago. The last of a view stays, and the last complete one of a dataset: it says which version was
 * read.
 */
async function deleteOldMaterialisations(db: Database): Promise<void> {
  const isOfDataset = sql`old.input ->> 'kind' = 'dataset' and ${isComplete(sql`old`)}`;
  await db.execute(sql`
    delete from feature_materialisations old
    where old.ended_at < now() - interval '90 days' and exists (
      select from feature_materialisations later where later.view_id = old.view_id and later.created_at > old.created_at
        and (not (${isOfDataset}) or later.input ->> 'kind' = 'dataset' and ${isComplete(sql`later`)}))`);
}

/**
 * Runs as a job: makes partitions of arrivals ahead of time, deletes rows of deleted views, rejected rows after 30 days, materialisations
 * after 90 days, and what was counted or found of views once nothing reads it any more. A step that fails stops no other, and fails the job
 * at the end.
 */
export async function maintainFeatures({ db }: Context, at?: number, attempt: Attempt = attemptOnce): Promise<void> {
  await makeArrivalPartitions(db, at ?? (await databaseNow(db)), attempt);
  await attempt({ id: "latest rows" }, () => deleteOrphanedRows(db, "feature_latest"));
  await attempt({ id: "arrivals" }, () => deleteOrphanedRows(db, "feature_arrivals"));
  await attempt({ id: "materialisations" }, () => deleteOldMaterialisations(db));
  const isOld = lt(featureRejects.at, sql`now() - interval '30 days'`);
  await attempt({ id: "rejects" }, () => db.delete(featureRejects).where(isOld));
  const before = (days: number) => sql`now() - make_interval(days => ${days})`;
  await attempt({ id: "minutes" }, () =>
    db.delete(featureMinutes).where(lt(featureMinutes.minute, before(featureMinuteDays))),
  );
  await attempt({ id: "value hours" }, () =>
    db.delete(featureValueHours).where(lt(featureValueHours.hour, before(valueHourDays))),
  );
  await attempt({ id: "findings" }, () =>
    db.delete(featureFindings).where(lt(featureFindings.closedAt, before(findingDays))),
  );
}
