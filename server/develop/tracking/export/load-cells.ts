import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { listVersionsOfRuns } from "#server/develop/tracking/versions-of-runs.ts";
import type { ExportColumn } from "./export-columns.ts";

/** Text, a number, a time; null where a run has no value. */
export type Cell = string | number | Date | null;

interface RunRow extends Record<string, unknown> {
  id: string;
  name: string;
  status: string;
  user_name: string;
  started_at: number;
  ended_at: number | null;
}

/** Loads the cells of some runs, run by run in the order of their ids. Reads only the requested keys. */
export async function loadCells(
  ctx: Context,
  ids: readonly string[],
  columns: readonly ExportColumn[],
): Promise<Cell[][]> {
  const { workspaceId } = ctx.actor;
  const named = sql`any(${sql.param([...ids])}::text[])`;
  const { rows } = await ctx.db.execute<RunRow>(sql`
    select id, name, status, user_name, started_at, ended_at from runs where workspace_id = ${workspaceId} and id = ${named}`);
  const runs = new Map(rows.map((row) => [row.id, row]));
  const has = (key: string) => columns.some((column) => column.key === key);
  const entries = (kind: string, table: SQL) => loadEntries(ctx, named, table, keysOf(columns, kind));
  const metrics = await entries("metrics", sql`metric_series`);
  const params = await entries("params", sql`run_params`);
  const tags = await entries("tags", sql`run_tags`);
  const clientTags = await loadEntries(ctx, named, sql`run_tags`, ["mlflow.source.git.commit", "mlflow.user"]);
  const datasets = has("dataset") ? await loadDatasets(ctx, named) : new Map<string, string>();
  const versions = Map.groupBy(has("version") ? await listVersionsOfRuns(ctx, ids) : [], ({ runId }) => runId);
  function cell(run: RunRow, key: string): Cell {
    const dot = key.indexOf(".");
    const [kind, rest] = [key.slice(0, dot), key.slice(dot + 1)];
    if (kind === "metrics") return (metrics.get(run.id)?.get(rest) as number | undefined) ?? null;
    if (kind === "params" || kind === "tags")
      return ((kind === "params" ? params : tags).get(run.id)?.get(rest) as string | undefined) ?? null;
    const tag = (name: string) => (clientTags.get(run.id)?.get(name) as string | undefined) ?? null;
    switch (key) {
      case "id":
      case "name":
      case "status":
        return run[key];
      case "by":
        return run.user_name || tag("mlflow.user");
      case "started":
        return new Date(Number(run.started_at));
      case "ended":
        return run.ended_at === null ? null : new Date(Number(run.ended_at));
      case "took":
        return run.ended_at === null ? null : (Number(run.ended_at) - Number(run.started_at)) / 1_000;
      case "commit":
        return tag("mlflow.source.git.commit");
      case "dataset":
        return datasets.get(run.id) ?? null;
      default:
        return (
          versions
            .get(run.id)
            ?.map(({ modelName, version }) => `${modelName} v${version}`)
            .join("; ") ?? null
        );
    }
  }
  return ids.flatMap((id) => {
    const run = runs.get(id);
    return run ? [columns.map(({ key }) => cell(run, key))] : [];
  });
}

function keysOf(columns: readonly ExportColumn[], kind: string): string[] {
  return columns.flatMap(({ key }) => (key.startsWith(`${kind}.`) ? [key.slice(kind.length + 1)] : []));
}

async function loadEntries(
  ctx: Context,
  runIds: SQL,
  table: SQL,
  keys: readonly string[],
): Promise<Map<string, Map<string, string | number>>> {
  const byRun = new Map<string, Map<string, string | number>>();
  if (keys.length === 0) return byRun;
  const { rows } = await ctx.db.execute<{ run_id: string; key: string; value: string | number }>(sql`
    select run_id, key, value from ${table}
    where workspace_id = ${ctx.actor.workspaceId} and run_id = ${runIds} and key = any(${sql.param([...keys])}::text[])`);
  for (const { run_id, key, value } of rows) {
    const own = byRun.get(run_id) ?? new Map<string, string | number>();
    own.set(key, value);
    byRun.set(run_id, own);
  }
  return byRun;
}

async function loadDatasets(ctx: Context, runIds: SQL): Promise<Map<string, string>> {
  const { rows } = await ctx.db.execute<{ run_id: string; names: string }>(sql`
    select used.run_id, string_agg(datasets.name || ' ' || datasets.digest, '; ' order by datasets.name, datasets.digest) as names
    from run_datasets as used join datasets on datasets.id = used.dataset_id
    where used.workspace_id = ${ctx.actor.workspaceId} and used.run_id = ${runIds} group by used.run_id`);
  return new Map(rows.map(({ run_id, names }) => [run_id, names]));
}
