import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { alertGroupMembers, alertGroups, alerts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Acknowledgement, NotificationEntry } from "../contract.ts";
import type { StoredGroup } from "./group-rows.ts";

// Changes that responders make to a group. The caller holds the lock on its row.

const ofGroup = (ctx: Context, groupId: string) =>
  and(eq(alertGroups.id, groupId), eq(alertGroups.workspaceId, ctx.actor.workspaceId));

/** Stores the acknowledgement of a group; null once there is none. */
export async function setAcknowledgement(
  ctx: Context,
  groupId: string,
  acknowledgement: Acknowledgement | null,
): Promise<void> {
  await ctx.db.update(alertGroups).set({ acknowledgement }).where(ofGroup(ctx, groupId));
}

export async function linkGroup(ctx: Context, groupId: string, incidentId: string): Promise<void> {
  await ctx.db.update(alertGroups).set({ incidentId }).where(ofGroup(ctx, groupId));
}

/** Moves groups from one incident to another; those that are elsewhere by now are left as they are. @returns the moved ones */
export async function moveGroups(
  ctx: Context,
  { groupIds, from, to }: { groupIds: readonly string[]; from: string; to: string },
): Promise<StoredGroup[]> {
  return ctx.db
    .update(alertGroups)
    .set({ incidentId: to })
    .where(
      and(
        eq(alertGroups.workspaceId, ctx.actor.workspaceId),
        inArray(alertGroups.id, [...groupIds]),
        eq(alertGroups.incidentId, from),
      ),
    )
    .returning();
}

/** Stores that the incident of a group's newest page is open. */
export async function setResponded(ctx: Context, groupId: string): Promise<void> {
  await ctx.db.update(alertGroups).set({ responseDueAt: null }).where(ofGroup(ctx, groupId));
}

/** Takes a group off an incident; a group of another incident is left as it is. */
export async function unlinkGroup(ctx: Context, groupId: string, incidentId: string): Promise<void> {
  await ctx.db
    .update(alertGroups)
    .set({ incidentId: null })
    .where(and(ofGroup(ctx, groupId), eq(alertGroups.incidentId, incidentId)));
}

interface Flush {
  /** Milliseconds since 1970: the flush itself, and the next evaluation of the group; null once the group is over. */
  at: number;
  nextAt: number | null;
  /** Outcome as a sentence. */
  outcome: string;
  /** Notification sent; undefined leaves the previous one. */
  entry?: NotificationEntry | undefined;
  /** Whether that notifies of a new page, so that an incident is to be opened. */
  hasNewPage: boolean;
  now: number;
}

/** Stores the result of a flush. A group without a next flush has ended. */
export async function storeFlush(ctx: Context, group: StoredGroup, flush: Flush): Promise<void> {
  const { at, nextAt, outcome, entry, hasNewPage, now } = flush;
  await ctx.db
    .update(alertGroups)
    .set({
      lastFlushAt: new Date(at),
      nextFlushAt: nextAt === null ? null : new Date(nextAt),
      outcome,
      ...(entry && { entry }),
      ...(hasNewPage && { pagedAt: new Date(now), responseDueAt: new Date(now) }),
      ...(nextAt === null && { endedAt: new Date(now), summary: { ...group.summary, firing: 0, muted: 0 } }),
    })
    .where(ofGroup(ctx, group.id));
}

/** Flushes a group again now, as if its last notification were long ago, so that it is repeated. */
export async function repeatNow(ctx: Context, { id, entry }: StoredGroup, now: number): Promise<void> {
  await ctx.db
    .update(alertGroups)
    .set({ entry: entry && { ...entry, at: 0 }, nextFlushAt: new Date(now) })
    .where(ofGroup(ctx, id));
}

/** Flushes a group again later, because the flush that was due failed. Needs no lock. */
export async function postponeFlush(ctx: Context, groupId: string, byMs: number): Promise<void> {
  await ctx.db
    .update(alertGroups)
    .set({ nextFlushAt: sql`now() + ${byMs} * interval '1 millisecond'` })
    .where(and(ofGroup(ctx, groupId), isNull(alertGroups.endedAt)));
}

/** Takes resolved alerts out of their group after a flush. One that is in no group any more is settled. */
export async function leaveGroup(ctx: Context, groupId: string, fingerprints: readonly string[]): Promise<void> {
  if (fingerprints.length === 0) return;
  const these = sql`any(${sql.param([...fingerprints])}::text[])`;
  await ctx.db
    .delete(alertGroupMembers)
    .where(sql`${alertGroupMembers.groupId} = ${groupId} and ${alertGroupMembers.fingerprint} = ${these}`);
  await ctx.db.execute(sql`
    update ${alerts} set is_settled = true
    where workspace_id = ${ctx.actor.workspaceId} and fingerprint = ${these} and not exists (
      select from ${alertGroupMembers} as member
      where member.workspace_id = ${alerts}.workspace_id and member.fingerprint = ${alerts}.fingerprint)`);
}
