import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { isOutsideGameDays } from "#server/serve/faults/outside-game-days.ts";
import { isRepresentative } from "#server/serve/labels/representative.ts";
import { isCorrect } from "#server/serve/predictions/filter.ts";
import { sumTraffic, type WindowSum } from "#server/serve/series/window-sums.ts";
import { windowSeconds } from "#server/serve/windows/contract.ts";
import { slowLimit } from "#server/stats/sequential/latency.ts";
import type { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { readBursts } from "../freeze-bursts.ts";
import { equallySlowMs, ownTimesOf, recordOf, sumOfDays } from "../freeze-traffic.ts";
import type { PlanTraffic } from "./contract.ts";

/** Days whose traffic is read: each hour of the week once. */
const trafficDays = 7;
/** Newest labels that are counted: enough for a rate, and few enough to find their predictions at once. */
const maxLabels = 5_000;

/**
 * Reads the endpoint's traffic of the last seven days, from its hourly sums and its labels. What is slow is read as at the start of a rollout:
 * from the last day, by the time of the serving version itself, as far as the log shows it; bursts too.
 */
export async function readPlanTraffic(
  ctx: Context,
  endpointId: string,
  { slowMs }: Pick<RolloutPlan, "slowMs">,
): Promise<PlanTraffic> {
  const now = Date.now();
  const to = new Date(now - windowSeconds * 1000);
  const span = { endpointId, from: new Date(now - trafficDays * dayMs), to, only: sql`arm <> 'shadow'` };
  const hour = sql`to_jsonb((floor(extract(epoch from window_start) / 3600) * 3600)::bigint)`;
  const hours = await sumTraffic<number>(ctx, span, "hour", hour);
  const dayHours = hours.filter(({ key }) => key * 1000 > now - dayMs);
  const week = addUp(hours);
  const profile = hours
    .filter(({ windows }) => windows > 0)
    .map((sum) => ({ hour: new Date(sum.key * 1000), requestsPerSecond: sum.requests / (sum.windows * windowSeconds) }))
    .sort((a, b) => a.hour.getTime() - b.hour.getTime());
  const served = hours.reduce((sum, { windows }) => sum + windows * windowSeconds, 0);
  // An endpoint without a request for a day has no rate now, whatever it had before.
  const last = profile.findLast((each) => each.requestsPerSecond > 0 && each.hour.getTime() > now - dayMs);
  const versionId = (await currentDeployments(ctx, [endpointId])).get(endpointId)?.versionId;
  const own = versionId === undefined ? undefined : await ownTimesOf(ctx, { endpointId, versionId });
  const day = addUp(dayHours);
  const limit = slowMs ?? own?.p95 ?? slowLimit(day.latencies) ?? null;
  const ownHours = own && limit !== null ? await own.slowerThan(limit) : undefined;
  const labels = await labelRate(ctx, endpointId);
  const inDay = sql`endpoint_id = ${endpointId} and arm <> 'shadow' and window_start >= now() - interval '1 day'
    and window_start < now() - make_interval(secs => ${windowSeconds})`;
  return {
    requestsPerSecond: last?.requestsPerSecond ?? null,
    requests: week.requests,
    hours: (served * 1000) / hourMs,
    slowMs: limit,
    rates: {
      ...(week.requests > 0 &&
        served > 0 &&
        ratesOf(week, last?.requestsPerSecond ?? 0, limit, ownHours && sumOfDays(ownHours, trafficDays))),
      ...(labels && { "label-errors": labels }),
    },
    ...(limit !== null && {
      bursts: await readBursts(
        ctx,
        inDay,
        equallySlowMs(day.latencies, ownHours && sumOfDays(ownHours, 1), limit),
        await own?.windowsSlowerThan(limit),
      ),
    }),
    profile,
  };
}

type Counts = Pick<WindowSum<unknown>, "requests" | "failures" | "latencies">;

/** Adds up hours. */
function addUp(hours: readonly Counts[]): Counts {
  const sum: Counts = { requests: 0, failures: {}, latencies: {} };
  for (const { requests, failures, latencies } of hours) {
    sum.requests += requests;
    for (const [status, count] of Object.entries(failures)) sum.failures[status] = (sum.failures[status] ?? 0) + count;
    for (const [bucket, count] of Object.entries(latencies))
      sum.latencies[bucket] = (sum.latencies[bucket] ?? 0) + count;
  }
  return sum;
}

/**
 * Returns the rates at the request rate of the last hour, with the shares of all days.
 * @param ownSlow responses that were slow by the time of the version itself, if that is known
 */
function ratesOf(
  week: Counts,
  unitsPerSecond: number,
  limit: number | null,
  ownSlow: { units: number; events: number } | undefined,
): PlanTraffic["rates"] {
  const { errors, "client-errors": clientErrors, slow } = recordOf(week, limit ?? Number.POSITIVE_INFINITY);
  return {
    errors: { ...errors, unitsPerSecond },
    "client-errors": { ...clientErrors, unitsPerSecond },
    ...(limit !== null && { slow: { ...(ownSlow ?? slow), unitsPerSecond } }),
  };
}

/**
 * Counts the labels of the last seven days that match a sampled prediction, the newest ones where there are many: their number, the number of
 * incorrect predictions, and their rate per second since the oldest of them, or in a day if it is younger and all are counted.
 */
async function labelRate(ctx: Context, endpointId: string) {
  const { rows } = await ctx.db.execute<{ units: number; events: number; labels: number; seconds: number | null }>(sql`
    with newest as materialized (
      select endpoint_id, request_id, label, received_at from prediction_labels
      where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId}
        and received_at >= now() - make_interval(days => ${trafficDays}) and ${isRepresentative(sql`selection`)}
      order by received_at desc limit ${maxLabels}
    )
    select count(predictions.id)::float8 as units, (count(predictions.id) filter (where not ${isCorrect}))::float8 as events,
      count(*)::float8 as labels, extract(epoch from now() - min(received_at))::float8 as seconds
    from newest as prediction_labels left join predictions on predictions.workspace_id = ${ctx.actor.workspaceId}
      and predictions.endpoint_id = prediction_labels.endpoint_id and predictions.request_id = prediction_labels.request_id
      and predictions.logged_reason = 'sampled' and predictions.answer is not null and ${isOutsideGameDays()}`);
  const { units = 0, events = 0, labels = 0, seconds = null } = rows[0] ?? {};
  if (units === 0 || seconds === null) return undefined;
  const isAll = labels < maxLabels;
  return { units, events, unitsPerSecond: units / Math.max(isAll ? dayMs / 1000 : 1, seconds) };
}
