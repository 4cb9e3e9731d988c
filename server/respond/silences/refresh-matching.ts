import { and, count, eq, gt, inArray, or, type SQL, sql } from "drizzle-orm";
import { alertGroupMembers, alerts } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { groupsWith, lockGroups, type StoredGroup } from "../../alerting/alerts/groups/group-rows.ts";
import { loadMuting } from "../../alerting/alerts/groups/muting.ts";
import { refreshGroups } from "../../alerting/alerts/groups/refresh-groups.ts";
import { isBroken } from "../../alerting/alerts/intake/validate-alert.ts";
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
  const isFiring = and(
    eq(alerts.workspaceId, ctx.actor.workspaceId),
    eq(alerts.isSettled, false),
    gt(alerts.endsAt, new Date(now)),
  );
  const candidates = await ctx.db
    .select({ fingerprint: alerts.fingerprint, labels: alerts.labels })
    .from(alerts)
    .where(and(isFiring, couldMatch(lists)));
  const matched = candidates.filter(({ labels }) => lists.some((matchers) => matchesAll(matchers, labels)));
  const groupIds = await groupsWith(
    ctx,
    matched.map(({ fingerprint }) => fingerprint),
  );
  return { firing: await ctx.db.$count(alerts, isFiring), matched: matched.length, groupIds };
}

/** Narrows alerts by the labels that a list demands, so that a workspace with many of them need not send all to be matched. */
function couldMatch(lists: readonly (readonly Matcher[])[]): SQL | undefined {
  return or(
    ...lists.map((matchers) => {
      const demanded = matchers
        .filter(({ value, isRegex, isEqual }) => isEqual && !isRegex && value !== "")
        .filter(({ name, value }) => !isBroken(name) && !isBroken(value));
      const labels = Object.fromEntries(demanded.map(({ name, value }) => [name, value]));
      return sql`${alerts.labels} @> ${JSON.stringify(labels)}::jsonb`;
    }),
  );
}

/**
 * Recomputes which alerts of the groups are muted, in the caller's transaction, which holds the alerts lock. A group that fails is left to
 * its next flush, and keeps the others neither muted nor paging.
 */
export async function refreshMuting(ctx: Context, groupIds: readonly string[], now: number): Promise<StoredGroup[]> {
  if (groupIds.length === 0) return [];
  const muting = await loadMuting(ctx, now);
  const refresh = (ids: readonly string[]) =>
    transact(ctx, async (ctx) => {
      const fresh = await refreshGroups(ctx, await lockGroups(ctx, ids), muting, notifyAfterChange);
      return fresh.map(({ group }) => group);
    });
  try {
    return await refresh(groupIds);
  } catch (cause) {
    log.warn("alerts.batch_failed", { workspaceId: ctx.actor.workspaceId, cause });
  }
  const refreshed: StoredGroup[] = [];
  for (const id of groupIds) {
    try {
      refreshed.push(...(await refresh([id])));
    } catch (cause) {
      log.error("alerts.muting_failed", { groupId: id, cause });
    }
  }
  return refreshed;
}

/** Firing alerts of a group, and how many of them a silence mutes. */
interface MutedGroup {
  groupId: string;
  muted: number;
  firing: number;
}

/** Counts the firing alerts that a silence mutes now, of each group in which it mutes any. */
export async function countMuted(
  ctx: Context,
  silenceId: string,
  groupIds: readonly string[],
  now: number,
): Promise<MutedGroup[]> {
  if (groupIds.length === 0) return [];
  const members = alertGroupMembers;
  const isMuted = sql`${members.muted}->>'by' = 'silence' and ${members.muted}->>'ref' = ${silenceId}`;
  const rows = await ctx.db
    .select({
      groupId: members.groupId,
      muted: sql<number>`(count(*) filter (where ${isMuted}))::int`,
      firing: count(),
    })
    .from(members)
    .innerJoin(alerts, and(eq(alerts.workspaceId, members.workspaceId), eq(alerts.fingerprint, members.fingerprint)))
    .where(
      and(
        eq(members.workspaceId, ctx.actor.workspaceId),
        inArray(members.groupId, [...groupIds]),
        gt(alerts.endsAt, new Date(now)),
      ),
    )
    .groupBy(members.groupId);
  return rows.filter(({ muted }) => muted > 0);
}
