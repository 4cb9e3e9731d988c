import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { isRepresentative } from "#server/serve/labels/representative.ts";
import { gpuSeries } from "#server/serve/series/gpu-queries.ts";
import type { RuleMetric } from "../contract.ts";
import type { MetricSpan } from "./metric-span.ts";
import { readTraffic, type TrafficMetric } from "./traffic-values.ts";

type Reader = (ctx: Context, span: MetricSpan) => Promise<number | null>;

/** Readers of the metrics that are not traffic; null where nothing was measured. */
const readers: Record<Exclude<RuleMetric, TrafficMetric>, Reader> = {
  "violation-rate": readViolations,
  "tasks-waiting": (ctx, span) => countTasks(ctx, span, "queued"),
  "dead-tasks": (ctx, span) => countTasks(ctx, span, "failed"),
  "gpu-utilisation": (ctx, span) => readGpu(ctx, span, ({ utilisation }) => utilisation),
  "gpu-memory": (ctx, span) =>
    readGpu(ctx, span, ({ memoryUsedBytes }, total) =>
      memoryUsedBytes === null || !total ? null : memoryUsedBytes / total,
    ),
  "cost-per-1000": readCost,
  "label-delay-hours": readLabelDelay,
};

/** Reads a metric of an endpoint over a time range, in the unit of its name (shares from 0 to 1); null without measurements. */
export function readMetric(ctx: Context, metric: RuleMetric, span: MetricSpan): Promise<number | null> {
  return metric in readers
    ? readers[metric as keyof typeof readers](ctx, span)
    : readTraffic(ctx, metric as TrafficMetric, span);
}

/** Violations of the input contract per request: one that breaks it in two fields counts twice. */
async function readViolations(ctx: Context, { endpointId, from, to }: MetricSpan): Promise<number | null> {
  const { rows } = await ctx.db.execute<{ requests: number; violations: number }>(sql`
    select sum(requests + cache_hits + coalesced)::float8 as requests,
      sum((select coalesce(sum(value::int), 0) from jsonb_each_text(violations)))::float8 as violations
    from serving_windows
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and arm <> 'shadow'
      and window_start >= ${from} and window_start < ${to}`);
  const { requests, violations } = rows[0] ?? { requests: 0, violations: 0 };
  return requests > 0 ? violations / requests : null;
}

/** Counts the tasks that are queued now, or that failed permanently and were neither retried nor deleted. */
async function countTasks(ctx: Context, { endpointId }: MetricSpan, state: "queued" | "failed"): Promise<number> {
  const { rows } = await ctx.db.execute<{ count: number }>(sql`
    select count(*)::int as count from inference_tasks
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and state = ${state}`);
  return rows[0]?.count ?? 0;
}

type GpuPoint = Awaited<ReturnType<typeof gpuSeries>>[number]["points"][number];

/** Reads the worst value among the GPUs that served the endpoint. */
async function readGpu(
  ctx: Context,
  { endpointId, from, to }: MetricSpan,
  valueAt: (point: GpuPoint, memoryTotalBytes: number | null) => number | null,
): Promise<number | null> {
  const served = sql`endpoint_id = ${endpointId} and window_start >= ${from} and window_start < ${to}`;
  const minuteSeconds = 60;
  const gpus = await gpuSeries(ctx, served, minuteSeconds);
  const means = gpus.flatMap(({ points, memoryTotalBytes }) => {
    const values = points.map((point) => valueAt(point, memoryTotalBytes)).filter((value) => value !== null);
    return values.length > 0 ? [values.reduce((sum, value) => sum + value, 0) / values.length] : [];
  });
  return means.length > 0 ? Math.max(...means) : null;
}

/** Reads the mean cost of the representative sample, times a thousand; in the currency of the configured price. */
async function readCost(ctx: Context, { endpointId, from, to }: MetricSpan): Promise<number | null> {
  const { rows } = await ctx.db.execute<{ cost: number | null }>(sql`
    select avg(cost) * 1000 as cost from predictions
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and arm <> 'shadow'
      and logged_reason = 'sampled' and at >= ${from} and at < ${to}`);
  return rows[0]?.cost ?? null;
}

/** Returns the median age of predictions at the arrival of their labels, for labels that arrived in the time range. */
async function readLabelDelay(ctx: Context, { endpointId, from, to }: MetricSpan): Promise<number | null> {
  const { rows } = await ctx.db.execute<{ hours: number | null }>(sql`
    select percentile_cont(0.5) within group (order by extract(epoch from received_at - at) / 3600)::float8 as hours
    from prediction_labels join predictions using (workspace_id, endpoint_id, request_id)
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and arm <> 'shadow'
      and ${isRepresentative(sql`prediction_labels.selection`)} and received_at >= ${from} and received_at < ${to}`);
  return rows[0]?.hours ?? null;
}
