import { getTableColumns, type SQL, sql } from "drizzle-orm";
import { prepared } from "#db/prepared.ts";
import { runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { KeyValue } from "../contract.ts";
import { asMetricValue } from "../metrics/metric-value.ts";
import type { Run } from "./contract.ts";
import type { RunRow } from "./lock-run.ts";
import { toRunInfo } from "./rows.ts";

/** Keys of the entries to load from a run's collections: a run may have thousands. */
export interface RunKeys {
  metrics: readonly string[];
  params: readonly string[];
  tags: readonly string[];
}

/** The collections of a run, each as a list of lists; null for none. */
type Collections = {
  /** Key, value (a text when it is no number), timestamp, step. */
  metrics: [string, number | string, number, number][] | null;
  params: [string, string][] | null;
  tags: [string, string][] | null;
  /** Name, digest, source type, source, schema, profile, tags. */
  datasets: [string, string, string, string, string | null, string | null, string][] | null;
  /** Id, whether it is an output, step. */
  models: [string, boolean, number][] | null;
};

/**
 * Runs of the caller's workspace with all that belongs to them, or only some keys, in the order of their ids. One query, in which
 * Postgres writes each collection of a run as one JSON text: a row for each entry takes several times as long to read.
 */
export async function loadRuns(ctx: Context, ids: readonly string[], only?: RunKeys): Promise<Run[]> {
  if (ids.length === 0) return [];
  const which = { ids: [...ids], workspaceId: ctx.actor.workspaceId };
  const found = await (only ? readSome(ctx.db, { ...which, ...only }) : readAll(ctx.db, which));
  const byId = new Map(found.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row ? toRun(row) : [];
  });
}

function toRun({ metrics, params, tags, datasets, models, ...run }: RunRow & Collections): Run {
  return {
    ...toRunInfo(run),
    metrics: (metrics ?? []).map(([key, value, timestamp, step]) => ({
      key,
      value: asMetricValue(Number(value)),
      timestamp,
      step,
    })),
    params: (params ?? []).map(toKeyValue),
    tags: (tags ?? []).map(toKeyValue),
    datasets: (datasets ?? []).map(([name, digest, sourceType, source, schema, profile, tags]) => ({
      name,
      digest,
      sourceType,
      source,
      schema,
      profile,
      tags: JSON.parse(tags) as KeyValue[],
    })),
    inputModelIds: (models ?? []).flatMap(([modelId, isOutput]) => (isOutput ? [] : modelId)),
    outputModels: (models ?? []).flatMap(([modelId, isOutput, step]) => (isOutput ? { modelId, step } : [])),
  };
}

function toKeyValue([key, value]: [string, string]): KeyValue {
  return { key, value };
}

const readAll = prepared<RunRow & Collections>("load-runs", statement(false));
const readSome = prepared<RunRow & Collections>("load-runs-keys", statement(true));

function statement(hasKeys: boolean): SQL {
  const columns = Object.entries(getTableColumns(runs)).map(
    ([name, column]) => sql`${column} as ${sql.identifier(name)}`,
  );
  const keysOf = (name: keyof RunKeys) =>
    hasKeys ? sql`where run_id = runs.id and key = any(${sql.placeholder(name)}::text[])` : sql`where run_id = runs.id`;
  return sql`
    select ${sql.join(columns, sql`, `)},
      ${listOf(sql`key, value, timestamp, step`, sql`metric_series ${keysOf("metrics")}`, sql`key`)} as metrics,
      ${listOf(sql`key, value`, sql`run_params ${keysOf("params")}`, sql`key`)} as params,
      ${listOf(sql`key, value`, sql`run_tags ${keysOf("tags")}`, sql`key`)} as tags,
      ${listOf(
        sql`name, digest, source_type, source, schema, profile, tags`,
        sql`run_datasets join datasets on datasets.id = dataset_id where run_id = runs.id`,
        sql`name, digest`,
      )} as datasets,
      ${listOf(sql`model_id, is_output, step`, sql`run_models where run_id = runs.id`, sql`model_id`)} as models
    from runs
    where id = any(${sql.placeholder("ids")}::text[]) and workspace_id = ${sql.placeholder("workspaceId")}::uuid`;
}

function listOf(columns: SQL, rows: SQL, order: SQL): SQL {
  return sql`(select json_agg(json_build_array(${columns}) order by ${order}) from ${rows})`;
}
