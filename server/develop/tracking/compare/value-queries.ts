import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { asMetricValue } from "../metrics/metric-value.ts";
import { noRun } from "../runs/lock-run.ts";
import { ListRunValues, type RunValues } from "./contract.ts";

interface RunRow extends Record<string, unknown> {
  id: string;
  name: string;
  experiment_id: number;
}

/**
 * Lists the values of some runs, and of the newest runs of their experiments as a background, in some columns: the requested runs
 * first, in their order. Reads no other keys, however many the runs have.
 * @throws DomainError "not-found"
 */
export async function listRunValues(ctx: Context, input: ListRunValues): Promise<RunValues[]> {
  permit(ctx, "listRunValues");
  const { runIds, columns, behind } = ListRunValues.parse(input);
  const { workspaceId } = ctx.actor;
  const requested = sql`any(${sql.param(runIds)}::text[])`;
  const { rows: own } = await ctx.db.execute<RunRow>(sql`
    select id, name, experiment_id from runs where workspace_id = ${workspaceId} and id = ${requested}`);
  const byId = new Map(own.map((row) => [row.id, row]));
  const unknown = runIds.find((id) => !byId.has(id));
  if (unknown !== undefined) throw noRun(unknown);
  const experiments = [...new Set(own.map(({ experiment_id }) => Number(experiment_id)))];
  const { rows: others } = await ctx.db.execute<RunRow>(sql`
    select id, name, experiment_id from runs
    where workspace_id = ${workspaceId} and experiment_id = any(${sql.param(experiments)}::bigint[])
      and deleted_at is null and not id = ${requested}
    order by started_at desc, id limit ${behind}`);
  const all = [...runIds.flatMap((id) => byId.get(id) ?? []), ...others];
  const values = await readValues(
    ctx,
    all.map(({ id }) => id),
    columns,
  );
  return all.map((row) => ({
    id: row.id,
    name: row.name,
    experimentId: Number(row.experiment_id),
    values: values.get(row.id) ?? {},
  }));
}

async function readValues(ctx: Context, ids: readonly string[], columns: readonly string[]) {
  const keysOf = (kind: string) =>
    sql`any(${sql.param(columns.flatMap((column) => (column.startsWith(`${kind}.`) ? [column.slice(kind.length + 1)] : [])))}::text[])`;
  const runs = sql`any(${sql.param([...ids])}::text[])`;
  const { rows } = await ctx.db.execute<{
    run_id: string;
    name: string;
    number: number | null;
    text: string | null;
  }>(sql`
    select run_id, 'metrics.' || key as name, value as number, null as text from metric_series
    where workspace_id = ${ctx.actor.workspaceId} and run_id = ${runs} and key = ${keysOf("metrics")}
    union all
    select run_id, 'params.' || key, null, value from run_params
    where workspace_id = ${ctx.actor.workspaceId} and run_id = ${runs} and key = ${keysOf("params")}`);
  const byRun = new Map<string, RunValues["values"]>();
  for (const { run_id, name, number, text } of rows) {
    const values = byRun.get(run_id) ?? {};
    values[name] = text ?? asMetricValue(number ?? Number.NaN);
    byRun.set(run_id, values);
  }
  return byRun;
}
