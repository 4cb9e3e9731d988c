import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { EvaluationRecord } from "#server/develop/tracking/evaluations/contract.ts";
import { loadDatasets } from "#server/develop/tracking/evaluations/load-datasets.ts";
import { listEvaluationRecords } from "#server/develop/tracking/evaluations/queries.ts";
import type { EvaluationDatasetLine } from "../leeway/format.ts";

const datasetsPerPage = 100;
const recordsPerPage = 500;

/** Yields evaluation datasets without their records, in the order of their ids. */
export async function* evaluationDatasetLines(ctx: Context): AsyncGenerator<EvaluationDatasetLine> {
  for (let after = ""; ; ) {
    const { rows } = await ctx.db.execute<{ id: string }>(sql`
      select id from evaluation_datasets
      where workspace_id = ${ctx.actor.workspaceId} and id collate "C" > ${after}
      order by id collate "C" limit ${datasetsPerPage}`);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return;
    for (const { schema, records, ...dataset } of await loadDatasets(ctx, ids)) yield dataset;
    after = ids.at(-1) ?? "";
  }
}

/** Yields the records of all evaluation datasets, in the order of these. */
export async function* evaluationRecordLines(ctx: Context): AsyncGenerator<EvaluationRecord> {
  for await (const { id } of evaluationDatasetLines(ctx)) {
    for (let pageToken: string | undefined; ; ) {
      const page = await listEvaluationRecords(ctx, { id, limit: recordsPerPage, pageToken });
      yield* page.rows;
      pageToken = page.nextPageToken;
      if (!pageToken) break;
    }
  }
}
