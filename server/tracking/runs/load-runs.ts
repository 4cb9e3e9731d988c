import { type AnyColumn, and, asc, eq, type SQL, sql } from "drizzle-orm";
import { datasets, metricSeries, runDatasets, runModels, runParams, runs, runTags } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import type { DatasetInput, KeyValue, Run } from "../contract.ts";
import { asMetricValue } from "../metrics/metric-value.ts";
import { toRunInfo } from "./rows.ts";

/** Of a run's collections the entries with these keys: a run may have thousands. */
export interface RunKeys {
  metrics: readonly string[];
  params: readonly string[];
  tags: readonly string[];
}

/** Runs of the caller's workspace with all that belongs to them, or only some keys, in the order of their ids: one query per collection. */
export async function loadRuns(ctx: Context, ids: readonly string[], only?: RunKeys): Promise<Run[]> {
  if (ids.length === 0) return [];
  const found = await ctx.db.select().from(runs).where(oneOf(runs.id, ids));
  const own = new Map(found.filter((run) => run.workspaceId === ctx.actor.workspaceId).map((run) => [run.id, run]));
  const known = [...own.keys()];
  const metrics = byRun(
    await ctx.db
      .select()
      .from(metricSeries)
      .where(and(oneOf(metricSeries.runId, known), only && oneOf(metricSeries.key, only.metrics)))
      .orderBy(asc(metricSeries.key)),
  );
  const params = byRun(
    await ctx.db
      .select()
      .from(runParams)
      .where(and(oneOf(runParams.runId, known), only && oneOf(runParams.key, only.params))),
  );
  const tags = byRun(
    await ctx.db
      .select()
      .from(runTags)
      .where(and(oneOf(runTags.runId, known), only && oneOf(runTags.key, only.tags))),
  );
  const used = byRun(
    await ctx.db
      .select({ runId: runDatasets.runId, tags: runDatasets.tags, dataset: datasets })
      .from(runDatasets)
      .innerJoin(datasets, eq(datasets.id, runDatasets.datasetId))
      .where(oneOf(runDatasets.runId, known))
      .orderBy(asc(datasets.name), asc(datasets.digest)),
  );
  const models = byRun(
    await ctx.db.select().from(runModels).where(oneOf(runModels.runId, known)).orderBy(asc(runModels.modelId)),
  );
  return ids.flatMap((id) => {
    const run = own.get(id);
    if (!run) return [];
    return {
      ...toRunInfo(run),
      metrics: metrics(id).map(({ key, value, timestamp, step }) => ({
        key,
        value: asMetricValue(value),
        timestamp,
        step,
      })),
      params: params(id).map(toKeyValue),
      tags: tags(id).map(toKeyValue),
      datasets: used(id).map(toDatasetInput),
      inputModelIds: models(id)
        .filter(({ isOutput }) => !isOutput)
        .map(({ modelId }) => modelId),
      outputModels: models(id)
        .filter(({ isOutput }) => isOutput)
        .map(({ modelId, step }) => ({ modelId, step })),
    };
  });
}

/** One parameter for any number of ids or keys. */
function oneOf(column: AnyColumn, ids: readonly string[]): SQL {
  return sql`${column} = any(${sql.param([...ids])})`;
}

function byRun<Row extends { runId: string }>(rows: Row[]): (runId: string) => Row[] {
  const groups = Map.groupBy(rows, ({ runId }) => runId);
  return (runId) => groups.get(runId) ?? [];
}

function toKeyValue({ key, value }: KeyValue): KeyValue {
  return { key, value };
}

function toDatasetInput(row: { tags: string; dataset: typeof datasets.$inferSelect }): DatasetInput {
  const { name, digest, sourceType, source, schema, profile } = row.dataset;
  return { name, digest, sourceType, source, schema, profile, tags: JSON.parse(row.tags) as KeyValue[] };
}
