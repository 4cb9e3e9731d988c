import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { AlertEvent } from "../contract.ts";
import { firstFlush } from "../dispatch/flush-times.ts";
import { groupKey, groupLabels } from "../routing/group-key.ts";
import type { LoadedRouting } from "../routing/load-routing.ts";
import { type EffectiveRoute, walkRoutes } from "../routing/walk-routes.ts";
import type { AcceptedAlert } from "./write-alerts.ts";

/** Fields that determine where an alert is routed. */
export type PlacedAlert = Pick<AcceptedAlert, "fingerprint" | "labels" | "startsAt" | "ruleKey">;

export interface Placement {
  fingerprint: string;
  ruleKey: string;
  route: EffectiveRoute;
  labels: Record<string, string>;
  key: string;
  startsAt: number;
}

export interface Membership {
  groupId: string;
  fingerprint: string;
}

/**
 * Adds alerts that started to fire to the groups of their routes, and creates missing groups, in the caller's transaction.
 * @returns ids of the groups, their memberships, and the events to record for new members
 */
export async function placeAlerts(
  ctx: Context,
  alerts: readonly PlacedAlert[],
  { routing }: Pick<LoadedRouting, "routing">,
  now: number,
): Promise<{ groupIds: string[]; memberships: Membership[]; events: AlertEvent[] }> {
  if (alerts.length === 0) return { groupIds: [], memberships: [], events: [] };
  const placements = placementsOf(alerts, { routing });
  const ids = await groupsOf(ctx, placements, now);
  const memberships = placements.map((placement) => ({
    ...placement,
    groupId: ids.get(placementKey(placement)) as string,
  }));
  const isNew = await addMembers(ctx, memberships, now);
  const events = memberships.filter(isNew).map((placement): AlertEvent => {
    const { fingerprint, ruleKey, route, key, groupId } = placement;
    const data = { route: route.words, receiver: route.receiver };
    return { kind: "grouped", fingerprint, ruleKey, groupKey: key, groupId, data };
  });
  return { groupIds: [...new Set(ids.values())], memberships, events };
}

/** @returns a function that tells whether a membership is new */
async function addMembers(
  ctx: Context,
  memberships: readonly Membership[],
  now: number,
): Promise<(membership: Membership) => boolean> {
  const members = memberships.map(({ groupId, fingerprint }) => ({ groupId, fingerprint }));
  const { rows } = await ctx.db.execute<{ name: string }>(sql`
    insert into alert_group_members (workspace_id, group_id, fingerprint, added_at)
    select ${ctx.actor.workspaceId}::uuid, member."groupId", member.fingerprint, ${new Date(now)}
    from jsonb_to_recordset(${JSON.stringify(members)}::jsonb) as member("groupId" uuid, fingerprint text)
    on conflict do nothing
    returning group_id || fingerprint as name`);
  const added = new Set(rows.map(({ name }) => name));
  return ({ groupId, fingerprint }) => added.has(groupId + fingerprint);
}

/** Returns the groups of alerts in a routing: one for each route that matches. */
export function placementsOf(alerts: readonly PlacedAlert[], { routing }: Pick<LoadedRouting, "routing">): Placement[] {
  return alerts.flatMap((alert) =>
    walkRoutes(routing, alert.labels).map((route): Placement => {
      const labels = groupLabels(route, alert.labels);
      const { fingerprint, ruleKey, startsAt } = alert;
      return { fingerprint, ruleKey, route, labels, key: groupKey(route.key, labels), startsAt };
    }),
  );
}

/** Returns IDs of the open groups by place; missing ones are created, with their first evaluation after the group wait. */
async function groupsOf(ctx: Context, placements: readonly Placement[], now: number): Promise<Map<string, string>> {
  const wanted = [...Map.groupBy(placements, placementKey).values()].map((all) => {
    const [{ route, labels, key }] = all as [Placement, ...Placement[]];
    const startsAt = Math.min(...all.map((placement) => placement.startsAt));
    const nextFlushAt = new Date(firstFlush({ startsAt, groupWaitMs: route.groupWaitMs, now }));
    return { path: route.path, receiver: route.receiver, key, labels, nextFlushAt };
  });
  const { rows } = await ctx.db.execute<{ id: string; path: string; key: string }>(sql`
    with wanted as (
      select * from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb)
        as one(path text, receiver text, key text, labels jsonb, "nextFlushAt" timestamptz)
    ), made as (
      insert into alert_groups (workspace_id, group_key, route_path, receiver, labels, created_at, next_flush_at, summary)
      select ${ctx.actor.workspaceId}::uuid, key, path, receiver, labels, ${new Date(now)}, "nextFlushAt", ${emptySummary}::jsonb
      from wanted
      on conflict (workspace_id, route_path, group_key) where ended_at is null do nothing
      returning id, route_path as path, group_key as key
    )
    select * from made
    union all
    select known.id, known.route_path, known.group_key from alert_groups as known
    join wanted on wanted.path = known.route_path and wanted.key = known.group_key
    where known.workspace_id = ${ctx.actor.workspaceId} and known.ended_at is null`);
  return new Map(rows.map(({ id, path, key }) => [`${path}\n${key}`, id]));
}

/** Until its alerts are counted, in the same transaction. */
const emptySummary = JSON.stringify({
  severity: "ticket",
  title: "",
  service: "",
  endpointId: null,
  teamId: null,
  runbookId: null,
  ruleKey: "",
  sloId: null,
  firing: 0,
  resolved: 0,
  muted: 0,
  startsAt: 0,
  burn: null,
  reach: null,
});

function placementKey({ route, key }: Pick<Placement, "route" | "key">): string {
  return `${route.path}\n${key}`;
}
