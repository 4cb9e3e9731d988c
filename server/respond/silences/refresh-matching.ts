import { and, eq, gt } from "drizzle-orm";
import { alerts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { groupsWith, lockGroups, type StoredGroup } from "../../alerting/alerts/groups/group-rows.ts";
import { loadMuting } from "../../alerting/alerts/groups/muting.ts";
import { refreshGroups } from "../../alerting/alerts/groups/refresh-groups.ts";
import type { Matcher } from "../../alerting/alerts/matchers/contract.ts";
import { matchesAll } from "../../alerting/alerts/matchers/matches.ts";
import { notifyAfterChange } from "../paging/notify-after-change.ts";

/** Alerts that a silence with such matchers would mute now. */
export interface Matched {
  /** Alerts that fire, and how many of them match. */
  firing: number;
  matched: number;
  groupIds: string[];
}

/** Finds the firing alerts that match any of the lists of matchers, with their groups. */
export async function findMatching(
  ctx: Context,
  lists: readonly (readonly Matcher[])[],
  now: number,
): Promise<Matched> {
  const firing = await ctx.db
    .select({ fingerprint: alerts.fingerprint, labels: alerts.labels })
    .from(alerts)
    .where(
      and(eq(alerts.workspaceId, ctx.actor.workspaceId), eq(alerts.isSettled, false), gt(alerts.endsAt, new Date(now))),
    );
  const matched = firing.filter(({ labels }) => lists.some((matchers) => matchesAll(matchers, labels)));
  const groupIds = await groupsWith(
    ctx,
    matched.map(({ fingerprint }) => fingerprint),
  );
  return { firing: firing.length, matched: matched.length, groupIds };
}

/** Recomputes which alerts of the groups are muted, in the caller's transaction, which holds the alerts lock. */
export async function refreshMuting(ctx: Context, groupIds: readonly string[], now: number): Promise<StoredGroup[]> {
  if (groupIds.length === 0) return [];
  const groups = await lockGroups(ctx, groupIds);
  const fresh = await refreshGroups(ctx, groups, await loadMuting(ctx, now), notifyAfterChange);
  return fresh.map(({ group }) => group);
}
