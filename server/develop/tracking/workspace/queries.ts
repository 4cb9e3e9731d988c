import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { guessDirection } from "../headline.ts";
import type { MetricCurve } from "../metrics/contract.ts";
import { getMetricCurves } from "../metrics/curve-queries.ts";
import { asMetricValue } from "../metrics/metric-value.ts";
import { isGroupable } from "../tables/constants.ts";
import type { RunTable, RunTableRow } from "../tables/contract.ts";
import { getRunTable } from "../tables/run-table.ts";
import { maxChartedRuns } from "./constants.ts";
import type { ChartedMetric, CurveColumns, RunWorkspace } from "./contract.ts";
import { groupBySeed, groupByValue, type RunToGroup, ungrouped } from "./group-charted.ts";

interface WorkspaceQuestion {
  experimentId: number;
  /** In the filter language; "" is all. */
  filter: string;
  sort: RunTable["sort"] | undefined;
  /** Column to group by; "seed" groups runs with equal settings; undefined does not group. */
  groupBy: string | undefined;
}

/** Metrics of the charts; more are found by their name in the table and on the pages of the runs. */
const maxMetrics = 500;
/** Longer values are compared by their beginning. */
const maxValueLength = 500;

/**
 * Returns the first runs that match a filter, as the charts of an experiment draw them: in groups, with the metrics that they logged.
 * @throws DomainError "invalid" with the problem of the filter.
 */
export async function getRunWorkspace(ctx: Context, question: WorkspaceQuestion): Promise<RunWorkspace> {
  permit(ctx, "getRunWorkspace");
  const { groupBy } = question;
  const by = groupBy !== undefined && isGroupable(groupBy) ? groupBy : undefined;
  const table = await getRunTable(ctx, { ...question, columns: by ? [by] : [], offset: 0, limit: maxChartedRuns });
  const ids = table.rows.map(({ run }) => run.id);
  const metric = table.sort.column.startsWith("metrics.")
    ? table.sort.column.slice("metrics.".length)
    : table.headline?.key;
  const [values, params, metrics, hasImages] = await sideBySide(ctx, [
    () => readValues(ctx, ids, metric ?? ""),
    () => readParams(ctx, ids),
    () => readMetrics(ctx, ids),
    () => readHasImages(ctx, ids),
  ]);
  const runs = table.rows.map(
    (row): RunToGroup => ({
      run: row.run,
      failure: row.failure,
      value: values.get(row.run.id),
      params: params.get(row.run.id) ?? {},
      ...(by && { groupValue: groupValue(row, by) }),
    }),
  );
  const groupedBy = by ?? (groupBy === "seed" ? "seed" : undefined);
  const groups = by ? groupByValue(runs) : groupedBy ? groupBySeed(runs) : ungrouped(runs);
  const direction = metric === undefined ? "unknown" : guessDirection(metric);
  return { groups, groupedBy, found: table.found, sort: table.sort, metric, direction, metrics, hasImages };
}

function groupValue({ run, datasets, params, tags }: RunTableRow, by: string): string | null {
  if (by === "status") return run.status;
  if (by === "by") return run.userName || null;
  if (by === "dataset") return (datasets.find(({ context }) => context === "training") ?? datasets[0])?.digest ?? null;
  const key = by.slice(by.indexOf(".") + 1);
  return (by.startsWith("params.") ? params : tags)[key] ?? null;
}

async function readValues(ctx: Context, ids: readonly string[], key: string) {
  const { rows } = await ctx.db.execute<{ run_id: string; value: number }>(sql`
    select run_id, value from metric_series
    where workspace_id = ${ctx.actor.workspaceId} and run_id = any(${sql.param([...ids])}::text[]) and key = ${key}`);
  return new Map(rows.map(({ run_id, value }) => [run_id, asMetricValue(value)]));
}

async function readParams(ctx: Context, ids: readonly string[]): Promise<Map<string, Record<string, string>>> {
  const { rows } = await ctx.db.execute<{ run_id: string; params: Record<string, string> }>(sql`
    select run_id, json_object_agg(key, left(value, ${maxValueLength}::int)) as params from run_params
    where workspace_id = ${ctx.actor.workspaceId} and run_id = any(${sql.param([...ids])}::text[]) group by run_id`);
  return new Map(rows.map(({ run_id, params }) => [run_id, params]));
}

async function readMetrics(ctx: Context, ids: readonly string[]): Promise<ChartedMetric[]> {
  const { rows } = await ctx.db.execute<{ key: string; runs: string; is_curve: boolean }>(sql`
    select key, count(*) as runs, bool_or(step > 0) as is_curve from metric_series
    where workspace_id = ${ctx.actor.workspaceId} and run_id = any(${sql.param([...ids])}::text[])
    group by key order by count(*) desc, key collate "C" limit ${maxMetrics}`);
  return rows.map(({ key, runs, is_curve }) => ({ key, runs: Number(runs), isCurve: is_curve }));
}

/** MLflow's client sets this tag with the first image. */
const imagesTag = "mlflow.loggedImages";

async function readHasImages(ctx: Context, ids: readonly string[]): Promise<boolean> {
  const { rows } = await ctx.db.execute(sql`
    select from run_tags where workspace_id = ${ctx.actor.workspaceId}
      and run_id = any(${sql.param([...ids])}::text[]) and key = ${imagesTag} limit 1`);
  return rows.length > 0;
}

/** Points of one response; more curves have fewer points each. */
const maxPoints = 60_000;
const minPerCurve = 40;
const maxPerCurve = 400;

interface ChartCurvesQuestion {
  experimentId: number;
  runIds: readonly string[];
  keys: readonly string[];
  x: "step" | "time";
  from?: number | undefined;
  to?: number | undefined;
}

/** Returns curves of many runs of an experiment, in columns; the more curves, the fewer points of each. Runs of others are ignored. */
export async function getChartCurves(ctx: Context, question: ChartCurvesQuestion): Promise<CurveColumns[]> {
  permit(ctx, "getChartCurves");
  const { experimentId, runIds, keys, x, from, to } = question;
  const { rows } = await ctx.db.execute<{ id: string }>(sql`
    select id from runs where workspace_id = ${ctx.actor.workspaceId} and experiment_id = ${experimentId}
      and deleted_at is null and id = any(${sql.param([...runIds])}::text[]) limit ${maxChartedRuns}`);
  const perCurve = Math.floor(maxPoints / Math.max(1, rows.length * keys.length));
  const curves = await getMetricCurves(ctx, {
    runIds: rows.map(({ id }) => id),
    keys,
    x,
    from,
    to,
    maxPoints: Math.min(maxPerCurve, Math.max(minPerCurve, perCurve)),
  });
  return curves.map((curve) => toColumns(curve, x));
}

function toColumns({ runId, key, totalPoints, points }: MetricCurve, x: "step" | "time"): CurveColumns {
  const hasBand = points.some(({ low, high }) => low !== undefined && high !== undefined && low < high);
  return {
    runId,
    key,
    totalPoints,
    at: points.map(({ step, timestamp }) => (x === "step" ? step : timestamp)),
    values: points.map(({ value }) => value),
    ...(hasBand && {
      low: points.map(({ low, value }) => low ?? value),
      high: points.map(({ high, value }) => high ?? value),
    }),
  };
}
