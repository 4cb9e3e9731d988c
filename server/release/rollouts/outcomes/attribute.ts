import { and, desc, eq, inArray, sql } from "drizzle-orm";
import { rollouts, rolloutUnits } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { isOutsideGameDays } from "#server/serve/faults/outside-game-days.ts";
import { hashedUnit } from "../../../serve/rollout/assignment-bucket.ts";
import type { Outcome } from "./contract.ts";

/** Rollouts by keys that are looked through for where a key took part. */
const maxRollouts = 20;

interface Routed {
  rolloutId: string;
  unit: string;
  arm: "stable" | "canary";
  step: number;
}

/** A business event with the unit that it belongs to. */
interface Attributed extends Routed {
  name: string;
  value: number | null;
  at: Date;
}

/**
 * Attributes business events to the units of rollouts. Only requests in the random sample by id can be attributed, and they alone count
 * as units: requests stored because they failed, or because the model was unsure, would favour one version, and those that a game day affected say nothing of either. A key belongs to the arm in
 * which it was first seen, however the weight grew later.
 */
export async function attribute(ctx: Context, endpointId: string, outcomes: readonly Outcome[], now: Date) {
  const byRequest = await unitsOfRequests(ctx, endpointId, ids(outcomes, "requestId"));
  const byKey = await unitsOfKeys(ctx, endpointId, outcomes, now);
  const attributed: Attributed[] = [];
  const unknown = new Set<string>();
  for (const outcome of outcomes) {
    const { requestId, key, name, value = null, at = now } = outcome;
    const routed = requestId === undefined ? byKey(outcome) : byRequest.get(requestId);
    if (routed) attributed.push({ ...routed, name, value, at });
    else unknown.add(requestId ?? (key as string));
  }
  return { attributed, unknown: [...unknown] };
}

function ids(outcomes: readonly Outcome[], which: "requestId" | "key"): string[] {
  return [...new Set(outcomes.flatMap(({ [which]: id }) => (id === undefined ? [] : [id])))];
}

/** Finds units by request id; for a repeated request, the first one. */
async function unitsOfRequests(ctx: Context, endpointId: string, requestIds: string[]): Promise<Map<string, Routed>> {
  if (requestIds.length === 0) return new Map();
  const { rows } = await ctx.db.execute<{ requestId: string } & Routed & Record<string, unknown>>(sql`
    select distinct on (logged.request_id) logged.request_id as "requestId", own.id as "rolloutId",
      logged.rollout->>'unit' as unit, coalesce(seen.arm, logged.arm) as arm, coalesce(seen.step, (logged.rollout->>'step')::int) as step
    from predictions as logged
    join rollouts as own on own.workspace_id = logged.workspace_id and own.endpoint_id = logged.endpoint_id
      and own.id = (logged.rollout->>'id')::uuid
    left join rollout_units as seen on seen.rollout_id = own.id and seen.unit = logged.rollout->>'unit'
    where logged.workspace_id = ${ctx.actor.workspaceId} and logged.endpoint_id = ${endpointId}
      and logged.request_id = any(${sql.param(requestIds)}::text[]) and logged.arm <> 'shadow' and ${isOutsideGameDays("logged")}
      and case when own.plan->'unit'->>'kind' = 'request' then logged.rollout->>'isSampled' = 'true' else seen.unit is not null end
    order by logged.request_id, logged.at, logged.id`);
  return new Map(rows.map(({ requestId, rolloutId, unit, arm, step }) => [requestId, { rolloutId, unit, arm, step }]));
}

/** Finds units by key, in the newest rollout that started before the event. */
async function unitsOfKeys(ctx: Context, endpointId: string, outcomes: readonly Outcome[], now: Date) {
  const keys = ids(outcomes, "key");
  const candidates = keys.length === 0 ? [] : await byKeys(ctx, endpointId);
  const found = new Map<string, Routed>();
  for (const { id, salt } of candidates) {
    const units = new Map(keys.map((key) => [hashedUnit(salt, key), key]));
    const { unit, arm, step } = rolloutUnits;
    const rows = await ctx.db
      .select({ unit, arm, step })
      .from(rolloutUnits)
      .where(
        and(
          eq(rolloutUnits.workspaceId, ctx.actor.workspaceId),
          eq(rolloutUnits.rolloutId, id),
          inArray(unit, [...units.keys()]),
        ),
      );
    for (const row of rows) found.set(`${id} ${units.get(row.unit)}`, { rolloutId: id, ...row });
  }
  return ({ key, at = now }: Outcome): Routed | undefined => {
    const own = candidates.find(({ createdAt }) => createdAt <= at);
    return own && found.get(`${own.id} ${key}`);
  };
}

/** Rollouts of an endpoint that assign by keys, newest first. */
function byKeys(ctx: Context, endpointId: string) {
  const { id, salt, createdAt } = rollouts;
  return ctx.db
    .select({ id, salt, createdAt })
    .from(rollouts)
    .where(
      and(
        eq(rollouts.workspaceId, ctx.actor.workspaceId),
        eq(rollouts.endpointId, endpointId),
        sql`${rollouts.plan}->'unit'->>'kind' <> 'request'`,
      ),
    )
    .orderBy(desc(createdAt))
    .limit(maxRollouts);
}
