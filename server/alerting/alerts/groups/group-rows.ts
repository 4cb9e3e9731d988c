import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { alertGroupMembers, alertGroups, alerts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Member } from "./summarise.ts";

export type StoredGroup = typeof alertGroups.$inferSelect;

/** Locks open groups in a fixed order that all callers use; groups that have ended meanwhile are left out. */
export async function lockGroups(ctx: Context, ids: readonly string[]): Promise<StoredGroup[]> {
  const rows = await ctx.db
    .select()
    .from(alertGroups)
    .where(
      and(
        eq(alertGroups.workspaceId, ctx.actor.workspaceId),
        inArray(alertGroups.id, [...ids]),
        isNull(alertGroups.endedAt),
      ),
    )
    .orderBy(alertGroups.id)
    .for("update");
  return rows;
}

/** Returns one group, open or ended. @throws DomainError "not-found" */
export async function findGroup(ctx: Context, id: string, lock = false): Promise<StoredGroup> {
  const query = ctx.db
    .select()
    .from(alertGroups)
    .where(and(eq(alertGroups.id, id), eq(alertGroups.workspaceId, ctx.actor.workspaceId)));
  const [row] = await (lock ? query.for("update") : query);
  if (!row) throw new DomainError("not-found", "Alert group not found.");
  return row;
}

/** Returns the alerts of groups with their state at a given time. */
export async function readMembers(ctx: Context, groupIds: readonly string[], now: number): Promise<Member[]> {
  const rows = await ctx.db
    .select({ groupId: alertGroupMembers.groupId, muted: alertGroupMembers.muted, alert: alerts })
    .from(alertGroupMembers)
    .innerJoin(
      alerts,
      and(eq(alerts.workspaceId, alertGroupMembers.workspaceId), eq(alerts.fingerprint, alertGroupMembers.fingerprint)),
    )
    .where(
      and(
        eq(alertGroupMembers.workspaceId, ctx.actor.workspaceId),
        sql`${alertGroupMembers.groupId} = any(${sql.param([...groupIds])}::uuid[])`,
      ),
    )
    .orderBy(alertGroupMembers.groupId, alertGroupMembers.fingerprint);
  return rows.map(({ groupId, muted, alert }) => ({
    ...alert,
    groupId,
    muted: muted,
    startsAt: alert.startsAt.getTime(),
    endsAt: alert.endsAt.getTime(),
    updatedAt: alert.updatedAt.getTime(),
    isFiring: alert.endsAt.getTime() > now,
  }));
}

/** Returns the ids of the groups that contain any of the alerts. */
export async function groupsWith(ctx: Context, fingerprints: readonly string[]): Promise<string[]> {
  if (fingerprints.length === 0) return [];
  const rows = await ctx.db
    .selectDistinct({ id: alertGroupMembers.groupId })
    .from(alertGroupMembers)
    .where(
      and(
        eq(alertGroupMembers.workspaceId, ctx.actor.workspaceId),
        sql`${alertGroupMembers.fingerprint} = any(${sql.param([...fingerprints])}::text[])`,
      ),
    );
  return rows.map(({ id }) => id);
}
