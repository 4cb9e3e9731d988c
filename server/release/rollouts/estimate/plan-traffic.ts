import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { isOutsideGameDays } from "#server/serve/faults/outside-game-days.ts";
import { isRepresentative } from "#server/serve/labels/representative.ts";
import { isCorrect } from "#server/serve/predictions/filter.ts";
import { sumWindows, type WindowSum } from "#server/serve/series/window-sums.ts";
import { windowSeconds } from "#server/serve/windows/contract.ts";
import { slowLimit } from "#server/stats/sequential/latency.ts";
import type { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { readBursts } from "../freeze-bursts.ts";
import { equallySlowMs, ownTimesOf, recordOf, sumOfDay } from "../freeze-traffic.ts";
import type { PlanTraffic } from "./contract.ts";

const dayHours = 24;

/**
 * Reads the endpoint's traffic of the last day from its windows and labels. What is slow is read as at the start of a rollout: by the time
 * of the serving version itself, as far as the log shows it.
 */
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
  const versionId = (await currentDeployments(ctx, [endpointId])).get(endpointId)?.versionId;
  const own = versionId === undefined ? undefined : await ownTimesOf(ctx, { endpointId, versionId });
  const limit = slowMs ?? own?.p95 ?? (day && slowLimit(day.latencies)) ?? null;
  const slow = own && limit !== null ? sumOfDay(await own.slowerThan(limit)) : undefined;
  const labels = await labelRate(ctx, endpointId);
  return {
    requestsPerSecond: last?.requestsPerSecond ?? null,
    requests: day?.requests ?? 0,
    hours: (served * 1000) / hourMs,
    slowMs: limit,
    rates: {
      ...(day && day.requests > 0 && served > 0 && ratesOf(day, last?.requestsPerSecond ?? 0, limit, slow)),
      ...(labels && { "label-errors": labels }),
    },
    ...(limit !== null && {
      bursts: await readBursts(
        ctx,
        where,
        equallySlowMs(day?.latencies ?? {}, slow, limit),
        await own?.windowsSlowerThan(limit),
      ),
    }),
    profile,
  };
}

/**
 * Returns the rates at the request rate of the last hour, with the shares of the complete day.
 * @param ownSlow responses that were slow by the time of the version itself, if that is known
 */
function ratesOf(
  day: WindowSum<unknown>,
  unitsPerSecond: number,
  limit: number | null,
  ownSlow: { units: number; events: number } | undefined,
): PlanTraffic["rates"] {
  const { errors, "client-errors": clientErrors, slow } = recordOf(day, limit ?? Number.POSITIVE_INFINITY);
  return {
    errors: { ...errors, unitsPerSecond },
    "client-errors": { ...clientErrors, unitsPerSecond },
    ...(limit !== null && { slow: { ...(ownSlow ?? slow), unitsPerSecond } }),
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
      and predictions.logged_reason = 'sampled' and predictions.answer is not null and ${isOutsideGameDays()} and ${isRepresentative(sql`prediction_labels.selection`)}
      and prediction_labels.received_at >= now() - make_interval(hours => ${dayHours})`);
  const units = Number(rows[0]?.units ?? 0);
  if (units === 0) return undefined;
  return { units, events: Number(rows[0]?.events ?? 0), unitsPerSecond: units / (dayHours * 3600) };
}
