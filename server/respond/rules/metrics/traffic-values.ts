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

/** What sums over gateways' windows say of each metric; null where nothing was measured. */
export const trafficValues: Record<TrafficMetric, (sum: WindowSum<unknown>, seconds: number) => number | null> = {
  "p50-ms": (sum) => describeSum(sum).latencyMsP50,
  "p95-ms": (sum) => describeSum(sum).latencyMsP95,
  "p99-ms": (sum) => describeSum(sum).latencyMsP99,
  /** Answers of 500 and more, of requests that reached the model. */
  "error-rate": (sum) => (sum.requests > 0 ? describeSum(sum).serverErrors / sum.requests : null),
  /** Of all the time: no traffic is a rate of 0, and not unknown. */
  "requests-per-second": (sum, seconds) => (sum.requests + sum.cacheHits + sum.coalesced) / seconds,
  "queue-ms": (sum) => describeSum(sum).queueMsMean,
  "cache-hit-rate": (sum) => {
    const all = sum.requests + sum.cacheHits + sum.coalesced;
    return all > 0 ? sum.cacheHits / all : null;
  },
};

export const isTrafficMetric = (metric: RuleMetric): metric is TrafficMetric => metric in trafficValues;

/** Reads what gateways counted of an endpoint, without shadows, whose requests nobody waits for. */
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
