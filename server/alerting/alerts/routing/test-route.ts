import { and, eq, inArray, isNull } from "drizzle-orm";
import { alertGroups } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { decideFlush } from "../dispatch/decide-flush.ts";
import { fingerprint, withoutEmpty } from "../fingerprint.ts";
import { readMembers, type StoredGroup } from "../groups/group-rows.ts";
import { loadMuting, type Muting, mutedBy } from "../groups/muting.ts";
import type { Member } from "../groups/summarise.ts";
import { type RouteTest, TestRoute } from "./contract.ts";
import { groupKey, groupLabels } from "./group-key.ts";
import { reachableReceivers } from "./inactive-receivers.ts";
import { type EffectiveRoute, walkRoutes } from "./walk-routes.ts";

/**
 * Returns the routes of an alert with these labels, and the result if it fired now: runs the same code without recording anything.
 * @throws DomainError "invalid" without labels
 */
export async function testRoute(ctx: Context, input: TestRoute): Promise<RouteTest> {
  permit(ctx, "testRoute");
  const labels = withoutEmpty(TestRoute.parse(input).labels);
  if (Object.keys(labels).length === 0) {
    throw new DomainError("invalid", "Specify at least one label, such as severity=page.", { field: "labels" });
  }
  const muting = await loadMuting(ctx, Date.now());
  const reachable = await reachableReceivers(ctx);
  const indices = walkRoutes(muting.routing, labels).map((route) => ({
    route,
    key: groupKey(route.key, groupLabels(route, labels)),
  }));
  const groups = await openGroups(
    ctx,
    indices.map(({ key }) => key),
  );
  const members = await readMembers(
    ctx,
    groups.map(({ id }) => id),
    muting.now,
  );
  const one = { fingerprint: fingerprint(labels), labels };
  return {
    fingerprint: one.fingerprint,
    routes: indices.map(({ route, key }) => {
      const group = groups.find(({ groupKey, routePath }) => groupKey === key && routePath === route.path);
      const own = members.filter(({ groupId }) => groupId === group?.id);
      return {
        path: route.path,
        words: route.words,
        receiver: route.receiver,
        isSilent: !reachable.has(route.receiver),
        groupKey: key,
        groupId: group?.id ?? null,
        ...foresee(one, { route, group, members: own, muting }),
        groupWaitSeconds: route.groupWaitMs / 1000,
        groupIntervalSeconds: route.groupIntervalMs / 1000,
        repeatIntervalSeconds: route.repeatIntervalMs / 1000,
      };
    }),
  };
}

/** Predicts the decision of the group's next flush. */
function foresee(
  one: { fingerprint: string; labels: Record<string, string> },
  {
    route,
    group,
    members,
    muting,
  }: { route: EffectiveRoute; group: StoredGroup | undefined; members: readonly Member[]; muting: Muting },
): { notifiesAt: Date | null; outcome: string } {
  const muted = mutedBy(muting, route, one.labels);
  if (muted) return { notifiesAt: null, outcome: `not notified: ${muted.words}` };
  const at = group?.nextFlushAt?.getTime() ?? muting.now + route.groupWaitMs;
  const others = members.filter((member) => member.muted === null && member.fingerprint !== one.fingerprint);
  const names = (isFiring: boolean) =>
    others.filter((member) => member.isFiring === isFiring).map((member) => member.fingerprint);
  const decision = decideFlush({
    firing: [...names(true), one.fingerprint],
    resolved: names(false),
    entry: group?.entry ?? null,
    now: at,
    sendsResolved: true,
    repeatIntervalMs: route.repeatIntervalMs,
    acknowledgement: group?.acknowledgement ?? null,
  });
  return { notifiesAt: decision.sends ? new Date(at) : null, outcome: decision.words };
}

async function openGroups(ctx: Context, keys: readonly string[]): Promise<StoredGroup[]> {
  const rows = await ctx.db
    .select()
    .from(alertGroups)
    .where(
      and(
        eq(alertGroups.workspaceId, ctx.actor.workspaceId),
        isNull(alertGroups.endedAt),
        inArray(alertGroups.groupKey, [...keys]),
      ),
    );
  return rows;
}
