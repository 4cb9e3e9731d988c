import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { isCorrect } from "#server/serve/predictions/filter.ts";
import { sumWindows, type WindowSum } from "#server/serve/series/window-sums.ts";
import { windowSeconds } from "#server/serve/windows/contract.ts";
import { countOf, quantiles, shareAtMost } from "#server/stats/histogram.ts";
import type { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { readBursts } from "../freeze-bursts.ts";
import type { PlanTraffic } from "./contract.ts";

const dayHours = 24;
/** Quantile of the last day's latency from which a response counts as slow, unless the plan sets a limit: the p95. */
const slowShare = 0.95;

/** Reads the endpoint's traffic of the last day from its windows and labels. */
export async function readPlanTraffic(
  ctx: Context,
  endpointId: string,
  { slowMs }: Pick<RolloutPlan, "slowMs">,
): Promise<PlanTraffic> {
  const where = sql`endpoint_id = ${endpointId} and arm <> 'shadow' and window_start >= now() - make_interval(hours => ${dayHours})
    and window_start < now() - make_interval(secs => ${windowSeconds})`;
  const hour = sql`to_jsonb((floor(extract(epoch from window_start) / 3600) * 3600)::bigint)`;
  const hours = await sumWindows<number>(ctx, where, hour);
  const [day] = await sumWindows<number>(ctx, where, sql`to_jsonb(0)`);
  const profile = hours
    .filter(({ windows }) => windows > 0)
    .map((sum) => ({ hour: new Date(sum.key * 1000), requestsPerSecond: sum.requests / (sum.windows * windowSeconds) }))
    .sort((a, b) => a.hour.getTime() - b.hour.getTime());
  const served = hours.reduce((sum, { windows }) => sum + windows * windowSeconds, 0);
  const last = profile.findLast(({ requestsPerSecond }) => requestsPerSecond > 0);
  const limit = slowMs ?? (day ? (quantiles(day.latencies, [slowShare])[0] ?? null) : null);
  const labels = await labelRate(ctx, endpointId);
  return {
    requestsPerSecond: last?.requestsPerSecond ?? null,
    requests: day?.requests ?? 0,
    hours: (served * 1000) / hourMs,
    slowMs: limit,
    rates: {
      ...(day && day.requests > 0 && served > 0 && ratesOf(day, last?.requestsPerSecond ?? 0, limit)),
      ...(labels && { "label-errors": labels }),
    },
    ...(limit !== null && { bursts: await readBursts(ctx, where, limit) }),
    profile,
  };
}

/** Returns the rates at the request rate of the last hour, with the shares of the complete day. */
function ratesOf(day: WindowSum<unknown>, unitsPerSecond: number, limit: number | null): PlanTraffic["rates"] {
  const failed = (isBad: (status: number) => boolean) =>
    Object.entries(day.failures).reduce((sum, [status, count]) => sum + (isBad(Number(status)) ? count : 0), 0);
  const units = day.requests;
  const measured = countOf(day.latencies);
  const fast = limit === null ? undefined : shareAtMost(day.latencies, limit);
  return {
    errors: { units, events: failed((status) => status >= 500), unitsPerSecond },
    "client-errors": { units, events: failed((status) => status === 400 || status === 422), unitsPerSecond },
    ...(fast !== undefined && { slow: { units: measured, events: Math.round(measured * (1 - fast)), unitsPerSecond } }),
  };
}

/**
 * Counts the labels of the last day that match a sampled prediction: their number, the number of incorrect predictions, and their rate per
 * second.
 */
async function labelRate(ctx: Context, endpointId: string) {
  const { rows } = await ctx.db.execute<{ units: string; events: string }>(sql`
    select count(*) as units, count(*) filter (where not ${isCorrect}) as events
    from predictions join prediction_labels using (endpoint_id, request_id)
    where predictions.workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId}
      and predictions.logged_reason = 'sampled' and predictions.answer is not null
      and prediction_labels.received_at >= now() - make_interval(hours => ${dayHours})`);
  const units = Number(rows[0]?.units ?? 0);
  if (units === 0) return undefined;
  return { units, events: Number(rows[0]?.events ?? 0), unitsPerSecond: units / (dayHours * 3600) };
}
