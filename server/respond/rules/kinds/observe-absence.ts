import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { minuteMs, weekMs } from "#server/base/durations.ts";
import { formatDuration } from "#server/base/format-number.ts";
import { windowSeconds } from "#server/serve/windows/contract.ts";
import { endpointLabels, watchedEndpoints } from "../../../alerting/alerts/rules/watched-endpoints.ts";
import { formatMinutes } from "../describe-rule.ts";
import type { Observation, ObservedRule } from "../observation.ts";
import type { SpecOf } from "./spec-of.ts";

/** A rule for all endpoints leaves those alone that have had no traffic for so long: they are not used. */
const unusedMs = weekMs;

/** Observes endpoints without requests. An unloaded endpoint is expected to receive none. */
export async function observeAbsence(
  ctx: Context,
  { windowMinutes }: SpecOf<"absent">,
  rule: ObservedRule,
  now: number,
): Promise<Observation[]> {
  const endpoints = await watchedEndpoints(ctx, rule.endpointId);
  const limitMs = windowMinutes * minuteMs;
  const last = await lastRequests(ctx, new Date(now - limitMs - unusedMs));
  return endpoints.flatMap((endpoint) => {
    const { id, name, isUnloaded } = endpoint;
    const seen = last.get(id);
    const isUnused = seen === undefined && rule.endpointId === null;
    if (isUnloaded || isUnused) return [];
    const silentMs = now - (seen ?? Math.max(new Date(endpoint.createdAt).getTime(), rule.createdAt.getTime()));
    const words =
      seen === undefined
        ? `${name} has not received any requests yet (limit ${formatMinutes(windowMinutes)}).`
        : `${name} received its last request ${formatDuration(silentMs)} ago (limit ${formatMinutes(windowMinutes)}).`;
    const effect = seen === undefined ? "no requests yet" : `no requests for ${formatDuration(silentMs)}`;
    const minutes = silentMs / minuteMs;
    const found = {
      part: id,
      title: name,
      isTrue: silentMs >= limitMs,
      value: minutes,
      limit: windowMinutes,
      words,
      effect,
    };
    return [{ ...found, labels: endpointLabels(endpoint), endpointId: id }];
  });
}

/** Returns the end of the last window with a request, in ms since 1970, by endpoint. */
async function lastRequests(ctx: Context, since: Date): Promise<Map<string, number>> {
  const { rows } = await ctx.db.execute<{ id: string; last: string }>(sql`
    select endpoint_id as id, max(window_start) as last from serving_windows
    where workspace_id = ${ctx.actor.workspaceId} and window_start >= ${since} and arm <> 'shadow'
      and requests + cache_hits + coalesced > 0
    group by endpoint_id`);
  return new Map(rows.map(({ id, last }) => [id, new Date(last).getTime() + windowSeconds * 1000]));
}
