import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { windowSeconds } from "#server/serve/windows/contract.ts";
import {
  endpointLabels,
  type WatchedEndpoint,
  watchedEndpoints,
} from "../../../alerting/alerts/rules/watched-endpoints.ts";
import { formatMinutes, formatValue, metricLabels, withoutWindow } from "../describe-rule.ts";
import { readMetric } from "../metrics/read-metric.ts";
import type { Observation, ObservedRule } from "../observation.ts";
import { exceeds } from "./exceeds.ts";
import type { SpecOf } from "./spec-of.ts";

/**
 * Compares a metric of each endpoint with a limit. Without measurements, the rule keeps its state, firing or not, for as long as stepParts
 * allows. An unloaded endpoint has none, by request, and is left out.
 */
export async function observeThreshold(
  ctx: Context,
  spec: SpecOf<"threshold">,
  rule: ObservedRule,
  now: number,
): Promise<Observation[]> {
  const observations: Observation[] = [];
  for (const endpoint of await watchedEndpoints(ctx, rule.endpointId)) {
    if (endpoint.isUnloaded) continue;
    observations.push(await observe(ctx, spec, endpoint, now));
  }
  return observations;
}

async function observe(ctx: Context, spec: SpecOf<"threshold">, endpoint: WatchedEndpoint, now: number) {
  const { metric, op, value: limit, windowMinutes } = spec;
  // Gateways tell of a window when it is over.
  const to = now - windowSeconds * 1000;
  const span = { endpointId: endpoint.id, from: new Date(to - windowMinutes * minuteMs), to: new Date(to) };
  const value = await readMetric(ctx, metric, span);
  const over = withoutWindow.includes(metric) ? "" : ` over ${formatMinutes(windowMinutes)}`;
  const found = value === null ? "is unknown: no data" : `is ${formatValue(metric, value)}`;
  return {
    part: endpoint.id,
    title: endpoint.name,
    isTrue: value === null ? null : exceeds(value, op, limit),
    value,
    limit,
    words: `${metricLabels[metric]} of ${endpoint.name}${over} ${found} (threshold ${op} ${formatValue(metric, limit)}).`,
    ...(value !== null && { effect: `${lowerFirst(metricLabels[metric])} ${formatValue(metric, value)}` }),
    labels: endpointLabels(endpoint),
    endpointId: endpoint.id,
  };
}

/** Names such as "GPU" and "p95" keep their spelling. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
