import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { slowLimit } from "#server/stats/sequential/latency.ts";
import type { FrozenFacts } from "../../serve/rollout/contract.ts";
import type { GuardrailMetric, RolloutPlan } from "../../serve/rollout/plan/contract.ts";
import { readBursts } from "./freeze-bursts.ts";
import { freezeOutput } from "./freeze-output.ts";
import { costClip, labelRecord } from "./freeze-records.ts";
import { dayOf, equallySlowMs, inDay, ownTimesOf, recordByHour, recordOf, sumOfDays } from "./freeze-traffic.ts";

/** Limit of slow responses where there are no measurements of the last day and none in the plan. */
const slowWithoutTrafficMs = 1_000;
const minOutcomeAgeMs = 1_000;

export interface Frozen {
  endpointId: string;
  /** The version that serves. */
  versionId: string;
  plan: RolloutPlan;
}

/** Reads the facts about an endpoint that apply from a rollout's start to its end, from the traffic of the serving version. */
export async function freezeFacts(ctx: Context, { endpointId, versionId, plan }: Frozen): Promise<FrozenFacts> {
  const frozen = { endpointId, versionId, plan };
  const day = await dayOf(ctx, frozen);
  const own = await ownTimesOf(ctx, frozen);
  const slowMs = plan.slowMs ?? own?.p95 ?? slowLimit(day.latencies) ?? slowWithoutTrafficMs;
  const slowHours = await own?.slowerThan(slowMs);
  const slow = slowHours && sumOfDays(slowHours, 1);
  const watches = (metric: GuardrailMetric) => plan.guardrails.some((guardrail) => guardrail.metric === metric);
  const clip = watches("cost") ? await costClip(ctx, frozen) : null;
  return {
    slowMs,
    outcomeAgeMs: plan.outcomeAgeMs ?? Math.ceil(Math.max(minOutcomeAgeMs, 2 * slowMs)),
    ...(await freezeOutput(ctx, frozen)),
    ...(clip !== null && { costClip: clip }),
    requestsPerSecond: await lastHourRate(ctx, endpointId),
    bursts: await readBursts(
      ctx,
      inDay(frozen),
      equallySlowMs(day.latencies, slow, slowMs),
      await own?.windowsSlowerThan(slowMs),
    ),
    record: {
      ...recordOf(day, slowMs),
      ...(slow && { slow }),
      ...(watches("label-errors") && { "label-errors": await labelRecord(ctx, frozen) }),
    },
    recordByHour: await recordByHour(ctx, frozen, slowMs, slowHours),
  };
}

/** Returns the requests per second over the last hour, or since the first request in it. */
async function lastHourRate(ctx: Context, endpointId: string): Promise<number | null> {
  const { rows } = await ctx.db.execute<{ requests: number | null; seconds: number | null }>(sql`
    select sum(requests + cache_hits + coalesced)::float8 as requests,
      extract(epoch from now() - min(window_start))::float8 as seconds
    from serving_windows
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and arm <> 'shadow'
      and window_start >= now() - interval '1 hour'`);
  const { requests, seconds } = rows[0] ?? {};
  return requests && seconds ? requests / Math.max(60, seconds) : null;
}
