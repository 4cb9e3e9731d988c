import { sql } from "drizzle-orm";
import type { Context } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";
import type { MetricUse, ParamUse, RunColumns } from "../contract.ts";

/** Older runs than these do not bring columns of their own. */
const mostRuns = 1_000;
/** A run may have thousands of metrics; so many can be chosen from. */
const mostKeys = 500;

/** Which metrics and params the newest runs of an experiment have, most common first. */
export async function listRunColumns(ctx: Context, experimentId: number): Promise<RunColumns> {
  permit(ctx, "listRunColumns");
  // As an array, so that the keys of these runs are looked up and not those of all runs read (measured with 100,000 runs: 40 against 320 ms).
  const newest = sql`
    select id from runs
    where workspace_id = ${ctx.actor.workspaceId} and experiment_id = ${experimentId} and deleted_at is null
    order by started_at desc limit ${mostRuns}`;
  const metrics = await ctx.db.execute<{ key: string; runs: string }>(sql`
    select key, count(*) as runs from metric_series where run_id = any(array(${newest}))
    group by key order by count(*) desc, key limit ${mostKeys}`);
  const params = await ctx.db.execute<{ key: string; runs: string; values: string }>(sql`
    select key, count(*) as runs, count(distinct value) as values from run_params where run_id = any(array(${newest}))
    group by key order by count(*) desc, key limit ${mostKeys}`);
  const [counted] = (await ctx.db.execute<{ count: string }>(sql`select count(*) from (${newest}) as newest`)).rows;
  return {
    metrics: metrics.rows.map(({ key, runs }): MetricUse => ({ key, runs: Number(runs) })),
    params: params.rows.map(({ key, runs, values }): ParamUse => ({ key, runs: Number(runs), values: Number(values) })),
    runs: Number(counted?.count ?? 0),
  };
}
