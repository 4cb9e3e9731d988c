import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { describeSum, sumWindows, type WindowSum } from "#server/serve/series/window-sums.ts";
import { windowSeconds } from "#server/serve/windows/contract.ts";
import type { RuleMetric } from "../contract.ts";
import type { MetricSpan } from "./metric-span.ts";

export type TrafficMetric = Extract<
  RuleMetric,
  "p50-ms" | "p95-ms" | "p99-ms" | "error-rate" | "requests-per-second" | "queue-ms" | "cache-hit-rate"
>;

/** Computes each metric from sums over gateways' windows; null where nothing was measured. */
export const trafficValues: Record<TrafficMetric, (sum: WindowSum<unknown>, seconds: number) => number | null> = {
  "p50-ms": (sum) => describeSum(sum).latencyMsP50,
  "p95-ms": (sum) => describeSum(sum).latencyMsP95,
  "p99-ms": (sum) => describeSum(sum).latencyMsP99,
  /** Share of responses with status 500 or higher among requests that reached the model. */
  "error-rate": (sum) => (sum.requests > 0 ? describeSum(sum).serverErrors / sum.requests : null),
  /** Rate over the complete time range: without traffic it is 0, and not unknown. */
  "requests-per-second": (sum, seconds) => (sum.requests + sum.cacheHits + sum.coalesced) / seconds,
  "queue-ms": (sum) => describeSum(sum).queueMsMean,
  "cache-hit-rate": (sum) => {
    const all = sum.requests + sum.cacheHits + sum.coalesced;
    return all > 0 ? sum.cacheHits / all : null;
  },
};

export const isTrafficMetric = (metric: RuleMetric): metric is TrafficMetric => metric in trafficValues;

/** Reads the gateways' counts of an endpoint, without shadow requests, for which no client waits. */
export async function readTraffic(ctx: Context, metric: TrafficMetric, span: MetricSpan): Promise<number | null> {
  const { endpointId, from, to } = span;
  const where = sql`endpoint_id = ${endpointId} and arm <> 'shadow' and window_start >= ${from} and window_start < ${to}`;
  const [sum = noTraffic] = await sumWindows(ctx, where, sql`'null'::jsonb`);
  return trafficValues[metric](sum, Math.max(windowSeconds, (to.getTime() - from.getTime()) / 1000));
}

export const noTraffic: WindowSum<null> = {
  key: null,
  windows: 0,
  requests: 0,
  failures: {},
  latencies: {},
  queueSumMs: 0,
  computeSumMs: 0,
  cacheHits: 0,
  coalesced: 0,
};
