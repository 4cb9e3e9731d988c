import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { alertGroups, alerts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { lockGroups, type StoredGroup } from "../groups/group-rows.ts";
import { loadMuting } from "../groups/muting.ts";
import { type AfterChange, refreshGroups } from "../groups/refresh-groups.ts";
import { recordAlertEvents } from "../history/record-alert-events.ts";
import { type Membership, type PlacedAlert, placeAlerts, placementsOf } from "../intake/place-alerts.ts";
import type { LoadedRouting } from "./load-routing.ts";

/** Moves open alerts to the groups of another routing, in the caller's transaction, which holds the lock of alerts. */
export async function reroute(
  ctx: Context,
  stored: Pick<LoadedRouting, "routing">,
  now: number,
  afterChange: AfterChange,
): Promise<void> {
  const ofWorkspace = eq(alertGroups.workspaceId, ctx.actor.workspaceId);
  const rows = await ctx.db
    .select({ id: alertGroups.id })
    .from(alertGroups)
    .where(and(ofWorkspace, isNull(alertGroups.endedAt)));
  const open = await lockGroups(
    ctx,
    rows.map(({ id }) => id),
  );
  const present = await openAlerts(ctx);
  const kept = groupsToKeep(open, present, stored);
  const removed = open.filter(({ id }) => !kept.has(id));
  // Two steps are needed because two groups may swap their paths.
  await movePaths(
    ctx,
    [...kept.keys()].map((id) => ({ id, path: `moving ${id}` })),
  );
  await movePaths(
    ctx,
    [...kept].map(([id, path]) => ({ id, path })),
  );
  await leaveAll(ctx, removed, now);
  // Nobody is paged about them any more: their alerts page in the groups that they are in now.
  await afterChange(
    ctx,
    removed.map((group) => ({ before: group.summary, group: { ...group, endedAt: new Date(now) }, now })),
  );
  const placed = await placeAlerts(ctx, present, stored, now);
  await leaveOthers(ctx, open, placed.memberships);
  await recordAlertEvents(ctx, placed.events, new Date(now));
  await refreshGroups(ctx, await lockGroups(ctx, placed.groupIds), await loadMuting(ctx, now), afterChange);
}

/** Returns the groups that still contain an alert, by the same key and for the same receiver, with the new path of their route. */
function groupsToKeep(
  open: readonly StoredGroup[],
  present: readonly PlacedAlert[],
  stored: Pick<LoadedRouting, "routing">,
): Map<string, string> {
  const keyOf = (of: { groupKey: string; receiver: string }) => `${of.receiver}\n${of.groupKey}`;
  const paths = new Map<string, Set<string>>();
  for (const { route, key } of placementsOf(present, stored)) {
    const name = keyOf({ groupKey: key, receiver: route.receiver });
    paths.set(name, (paths.get(name) ?? new Set()).add(route.path));
  }
  const kept = new Map<string, string>();
  for (const group of open) {
    const free = paths.get(keyOf(group));
    const path = free?.has(group.routePath) ? group.routePath : free?.values().next().value;
    if (path === undefined) continue;
    kept.set(group.id, path);
    free?.delete(path);
  }
  return kept;
}

/** Removes alerts that are no longer routed to one of these groups. */
async function leaveOthers(
  ctx: Context,
  groups: readonly StoredGroup[],
  memberships: readonly Membership[],
): Promise<void> {
  const staying = memberships.map(({ groupId, fingerprint }) => ({ groupId, fingerprint }));
  await ctx.db.execute(sql`
    delete from alert_group_members as member
    where member.group_id = any(${sql.param(groups.map(({ id }) => id))}::uuid[]) and not exists (
      select from jsonb_to_recordset(${JSON.stringify(staying)}::jsonb) as stays("groupId" uuid, fingerprint text)
      where stays."groupId" = member.group_id and stays.fingerprint = member.fingerprint)`);
}

async function openAlerts(ctx: Context): Promise<PlacedAlert[]> {
  const { fingerprint, labels, startsAt, ruleKey } = alerts;
  const rows = await ctx.db
    .select({ fingerprint, labels, startsAt, ruleKey })
    .from(alerts)
    .where(and(eq(alerts.workspaceId, ctx.actor.workspaceId), eq(alerts.isSettled, false)));
  return rows.map((row) => ({ ...row, startsAt: row.startsAt.getTime() }));
}

async function movePaths(ctx: Context, moves: readonly { id: string; path: string }[]): Promise<void> {
  if (moves.length === 0) return;
  await ctx.db.execute(sql`
    update alert_groups as one set route_path = move.path
    from jsonb_to_recordset(${JSON.stringify(moves)}::jsonb) as move(id uuid, path text)
    where one.id = move.id`);
}

async function leaveAll(ctx: Context, removed: readonly StoredGroup[], now: number): Promise<void> {
  if (removed.length === 0) return;
  const words = "its route was removed";
  await ctx.db
    .update(alertGroups)
    .set({ endedAt: new Date(now), nextFlushAt: null, outcome: words })
    .where(
      inArray(
        alertGroups.id,
        removed.map(({ id }) => id),
      ),
    );
  const events = removed.map(({ id: groupId, groupKey, summary: { ruleKey } }) => ({
    kind: "flushed" as const,
    groupId,
    groupKey,
    ruleKey,
    data: { words },
  }));
  await recordAlertEvents(ctx, events, new Date(now));
}
