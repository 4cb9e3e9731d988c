import { and, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import { runs } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import type { KeyValue, Run } from "../contract.ts";
import { asMetricValue } from "../metrics/metric-value.ts";
import { toRunInfo } from "./rows.ts";

/** Of a run's collections the entries with these keys: a run may have thousands. */
export interface RunKeys {
  metrics: readonly string[];
  params: readonly string[];
  tags: readonly string[];
}

/**
 * Runs of the caller's workspace with all that belongs to them, or only some keys, in the order of their ids. One query, in which
 * Postgres writes each collection of a run as one JSON text: a row for each entry takes several times as long to read.
 */
export async function loadRuns(ctx: Context, ids: readonly string[], only?: RunKeys): Promise<Run[]> {
  if (ids.length === 0) return [];
  const found = await ctx.db
    .select({
      run: getTableColumns(runs),
      metrics: listOf<[string, number | string, number, number]>(
        sql`key, value, timestamp, step`,
        sql`metric_series ${ofRun(only?.metrics)}`,
        sql`key`,
      ),
      params: listOf<[string, string]>(sql`key, value`, sql`run_params ${ofRun(only?.params)}`, sql`key`),
      tags: listOf<[string, string]>(sql`key, value`, sql`run_tags ${ofRun(only?.tags)}`, sql`key`),
      datasets: listOf<[string, string, string, string, string | null, string | null, string]>(
        sql`name, digest, source_type, source, schema, profile, tags`,
        sql`run_datasets join datasets on datasets.id = dataset_id ${ofRun()}`,
        sql`name, digest`,
      ),
      models: listOf<[string, boolean, number]>(
        sql`model_id, is_output, step`,
        sql`run_models ${ofRun()}`,
        sql`model_id`,
      ),
    })
    .from(runs)
    .where(and(sql`${runs.id} = any(${sql.param([...ids])})`, eq(runs.workspaceId, ctx.actor.workspaceId)));
  const byId = new Map(found.map((row) => [row.run.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    if (!row) return [];
    const models = row.models ?? [];
    return {
      ...toRunInfo(row.run),
      metrics: (row.metrics ?? []).map(([key, value, timestamp, step]) => ({
        key,
        value: asMetricValue(Number(value)),
        timestamp,
        step,
      })),
      params: (row.params ?? []).map(toKeyValue),
      tags: (row.tags ?? []).map(toKeyValue),
      datasets: (row.datasets ?? []).map(([name, digest, sourceType, source, schema, profile, tags]) => ({
        ...{ name, digest, sourceType, source, schema, profile },
        tags: JSON.parse(tags) as KeyValue[],
      })),
      inputModelIds: models.flatMap(([modelId, isOutput]) => (isOutput ? [] : modelId)),
      outputModels: models.flatMap(([modelId, isOutput, step]) => (isOutput ? { modelId, step } : [])),
    };
  });
}

/** Rows of one run as a list of lists; null when there is none. */
function listOf<Row extends unknown[]>(columns: SQL, from: SQL, order: SQL): SQL<Row[] | null> {
  return sql`(select json_agg(json_build_array(${columns}) order by ${order}) from ${from})`;
}

/** The condition of a row of the run; one parameter for any number of keys. */
function ofRun(keys?: readonly string[]): SQL {
  return sql`where run_id = runs.id${keys ? sql` and key = any(${sql.param([...keys])}::text[])` : sql``}`;
}

function toKeyValue([key, value]: [string, string]): KeyValue {
  return { key, value };
}
