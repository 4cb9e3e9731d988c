import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { formatDuration } from "#server/base/format-number.ts";
import type { RolloutPhase, RolloutState } from "#server/serve/rollout/contract.ts";
import { endpointLabels, watchedEndpoints } from "../../../alerting/alerts/rules/watched-endpoints.ts";
import type { Observation, ObservedRule } from "../observation.ts";
import type { SpecOf } from "./spec-of.ts";

/** Time for which the end of a rollout stays an alert: it is an event, and nothing would resolve it. */
const progressIntervalMs = hourMs;

const ends: Partial<Record<RolloutPhase, string>> = { promoted: "promoted", "rolled-back": "rolled back" };

interface Row extends Record<string, unknown> {
  id: string;
  endpointId: string;
  phase: RolloutPhase;
  state: RolloutState;
  version: number;
  endedAt: string | null;
}

/** Rollouts that ended in the last hour, and those that hold for longer than they may. */
export async function observeRollouts(
  ctx: Context,
  spec: SpecOf<"rollout">,
  rule: ObservedRule,
  now: number,
): Promise<Observation[]> {
  const endpoints = new Map((await watchedEndpoints(ctx, rule.endpointId)).map((one) => [one.id, one]));
  const since = new Date(Math.max(now - progressIntervalMs, rule.createdAt.getTime()));
  const { rows } = await ctx.db.execute<Row>(sql`
    select r.id, r.endpoint_id as "endpointId", r.phase, r.state, r.ended_at as "endedAt", v.version
    from rollouts r join model_versions v on v.id = r.canary_version_id
    where r.workspace_id = ${ctx.actor.workspaceId} and (r.ended_at is null or r.ended_at >= ${since})`);
  return rows.flatMap((row) => {
    const endpoint = endpoints.get(row.endpointId);
    const found = endpoint && evaluate(row, spec, endpoint.name, now);
    if (!found) return [];
    const labels = { ...endpointLabels(endpoint), rollout: row.id };
    const effect = `rollout of v${row.version} ${ends[row.phase] ?? "on hold"}`;
    const about = { part: row.id, title: `v${row.version} at ${endpoint.name}`, subject: endpoint.name, effect };
    return [{ ...found, ...about, labels, endpointId: endpoint.id }];
  });
}

/** Evaluates a rollout; returns undefined for an outcome that the rule does not cover. */
function evaluate({ phase, state, version, endedAt }: Row, spec: SpecOf<"rollout">, endpoint: string, now: number) {
  const subject = `The rollout of v${version} to ${endpoint}`;
  if (phase === "promoted" || phase === "rolled-back") {
    if (!spec.on.includes(phase)) return undefined;
    const violatedMetrics = state.violatedMetrics.length > 0 ? `; blamed: ${state.violatedMetrics.join(", ")}` : "";
    const words = `${subject} ${phase === "promoted" ? "is promoted" : "was rolled back"}${violatedMetrics}.`;
    return { isTrue: true, value: null, limit: null, words, ...(endedAt && { since: new Date(endedAt).getTime() }) };
  }
  if (!spec.on.includes("held")) return undefined;
  const { hold } = state;
  const heldMs = hold ? now - hold.since : 0;
  const words = hold
    ? `${subject} has been on hold for ${formatDuration(heldMs)}: ${hold.words}`
    : `${subject} is in progress.`;
  const limit = spec.onHoldMinutes;
  return { isTrue: hold !== null && heldMs >= limit * minuteMs, value: heldMs / minuteMs, limit, words };
}
