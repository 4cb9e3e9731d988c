import { type SQL, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";

/** Rows of one statement, so that none of them holds up gateways that store. */
const chunkRows = 5_000;

/** Deletes what an endpoint's log holds from before a moment. Safe to break off and to run again. @returns how many rows */
export async function deleteOldPredictions(db: Database, endpointId: string, before: Date): Promise<number> {
  return inChunks(
    db,
    sql`delete from predictions using (
        select id, at from predictions where endpoint_id = ${endpointId} and at < ${before.toISOString()}::timestamptz
        limit ${chunkRows}) as old
      where predictions.id = old.id and predictions.at = old.at`,
  );
}

/**
 * Deletes labels received before a time whose request is not in the log: its retention is over, or it was never stored.
 * @returns how many
 */
export async function deleteOldLabels(db: Database, endpointId: string, before: Date): Promise<number> {
  return inChunks(
    db,
    sql`delete from prediction_labels where ctid = any(array(
      select label.ctid from prediction_labels as label
      where label.endpoint_id = ${endpointId} and label.received_at < ${before.toISOString()}::timestamptz
        and not exists (select from predictions as logged where logged.workspace_id = label.workspace_id
          and logged.request_id = label.request_id and logged.endpoint_id = label.endpoint_id)
      limit ${chunkRows}))`,
  );
}

async function inChunks(db: Database, statement: SQL): Promise<number> {
  let sum = 0;
  for (;;) {
    const { rowCount } = await db.execute(statement);
    sum += rowCount ?? 0;
    if ((rowCount ?? 0) < chunkRows) return sum;
  }
}
