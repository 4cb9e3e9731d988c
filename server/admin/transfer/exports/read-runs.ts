import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { Cell } from "#server/develop/tracking/export/load-cells.ts";
import { readPage } from "#server/develop/tracking/metrics/read-points.ts";
import type { StoredPoint } from "#server/develop/tracking/metrics/stored-point.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";
import { loadRuns } from "#server/develop/tracking/runs/load-runs.ts";
import type { RunDetails } from "../leeway/format.ts";

const runsPerPage = 200;
const pointsPerPage = 20_000;

/** Runs that are not deleted, in the order of their ids by bytes, some at a time. */
export async function* runPages(ctx: Context): AsyncGenerator<Run[]> {
  for (let after = ""; ; ) {
    const { rows } = await ctx.db.execute<{ id: string }>(sql`
      select runs.id from runs
      join experiments on experiments.workspace_id = runs.workspace_id and experiments.id = runs.experiment_id
      where runs.workspace_id = ${ctx.actor.workspaceId} and runs.deleted_at is null and experiments.deleted_at is null
        and runs.id collate "C" > ${after}
      order by runs.id collate "C" limit ${runsPerPage}`);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return;
    yield await loadRuns(ctx, ids);
    after = ids.at(-1) ?? "";
  }
}

export async function* runRows(ctx: Context): AsyncGenerator<Cell[][]> {
  for await (const page of runPages(ctx)) {
    yield page.map(({ id, experimentId, name, userName, status, startedAt, endedAt }) => [
      id,
      experimentId,
      name,
      userName,
      status,
      new Date(startedAt),
      endedAt === null ? null : new Date(endedAt),
    ]);
  }
}

export async function* pairRows(ctx: Context, kind: "params" | "tags"): AsyncGenerator<Cell[][]> {
  for await (const page of runPages(ctx)) {
    yield page.flatMap((run) => run[kind].map(({ key, value }) => [run.id, key, value]));
  }
}

export async function* runDetails(ctx: Context): AsyncGenerator<RunDetails> {
  for await (const page of runPages(ctx)) {
    for (const { id: runId, metrics, datasets, inputModelIds, outputModels } of page) {
      yield { runId, metrics, datasets, inputModelIds, outputModels };
    }
  }
}

/** Yields every metric point, by run and metric. */
export async function* pointRows(ctx: Context): AsyncGenerator<Cell[][]> {
  for await (const page of runPages(ctx)) {
    const ids = page.map(({ id }) => id);
    const { rows } = await ctx.db.execute<{ id: number; run_id: string; key: string }>(sql`
      select id, run_id, key from metric_series
      where workspace_id = ${ctx.actor.workspaceId} and run_id = any(${sql.param(ids)}::text[])
      order by run_id collate "C", key collate "C"`);
    for (const { id, run_id, key } of rows) {
      for (let after: StoredPoint | undefined; ; ) {
        const points = await readPage(ctx, id, pointsPerPage, after);
        yield points.map(({ step, timestamp, value }) => [run_id, key, step, timestamp, value]);
        after = points.at(-1);
        if (points.length < pointsPerPage) break;
      }
    }
  }
}
