import { and, asc, eq, gt, inArray, lte, or, sql } from "drizzle-orm";
import { channels, notifications, receivers, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Span } from "#server/base/span.ts";
import type { SentNotification } from "./facts.ts";
import type { AlertGroupOf } from "./read-fired.ts";

const maxNotifications = 200;

const stateOf = {
  delivered: "delivered",
  dead: "failed",
  pending: "pending",
  cancelled: "not-sent",
  capped: "not-sent",
} as const;

/**
 * Reads what the outbox sent about alert groups and their incidents within a span, oldest first; resolutions are left out. The caller has
 * checked permissions.
 */
export async function readSent(
  ctx: Context,
  groups: readonly AlertGroupOf[],
  { from, to }: Span,
): Promise<(SentNotification & { groupId: string | null })[]> {
  if (groups.length === 0) return [];
  const groupIds = groups.map(({ id }) => id);
  const incidentIds = groups.flatMap(({ incidentId }) => incidentId ?? []);
  const rows = await ctx.db
    .select({
      row: notifications,
      title: sql<string>`${notifications.message}->>'title'`,
      named: sql<string>`coalesce(nullif(${notifications.message}->>'receiver', ''), 'removed')`,
      receiver: receivers.name,
      channel: channels.kind,
      person: users.name,
    })
    .from(notifications)
    .leftJoin(channels, eq(channels.id, notifications.channelId))
    .leftJoin(receivers, eq(receivers.id, channels.receiverId))
    .leftJoin(users, eq(users.id, notifications.userId))
    .where(
      and(
        eq(notifications.workspaceId, ctx.actor.workspaceId),
        inArray(notifications.kind, ["group", "escalation", "incident"]),
        sql`${notifications.message}->>'status' = 'firing'`,
        or(
          inArray(notifications.groupId, groupIds),
          incidentIds.length > 0 ? inArray(notifications.incidentId, incidentIds) : undefined,
        ),
        gt(notifications.createdAt, new Date(from)),
        lte(notifications.createdAt, new Date(to)),
      ),
    )
    .orderBy(asc(notifications.createdAt), asc(notifications.sequence))
    .limit(maxNotifications);
  return rows.map(({ row, title, named, receiver, channel, person }) => ({
    receiver: person ?? receiver ?? named,
    channel: channel ?? "email",
    turn: row.turn,
    severity: row.severity,
    title,
    state: stateOf[row.state],
    at: (row.deliveredAt ?? row.diedAt)?.getTime() ?? null,
    reason: row.note,
    href: row.groupId ? `/alerts/groups/${row.groupId}` : "/incidents",
    groupId: row.groupId,
  }));
}
