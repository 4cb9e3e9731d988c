import { and, asc, desc, eq, inArray, ne, or, type SQL, sql } from "drizzle-orm";
import { channels, notificationAttempts, notifications, receivers, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ListNotifications, Notification, NotificationAttempt } from "./contract.ts";
import { watchdogLane } from "./outbox/watchdog-lane.ts";

/** Lists notifications, sent, pending or unsent, with all attempts, newest first. @returns `next`, the `after` of the following page */
export async function listNotifications(
  ctx: Context,
  input: ListNotifications,
): Promise<{ notifications: Notification[]; next?: string }> {
  permit(ctx, "listNotifications");
  const { limit, after, ...filter } = ListNotifications.parse(input);
  const rows = await ctx.db
    .select({
      row: notifications,
      title: sql<string>`${notifications.message} ->> 'title'`,
      channel: { id: channels.id, kind: channels.kind, receiver: receivers.name },
      person: users.name,
    })
    .from(notifications)
    .leftJoin(channels, eq(channels.id, notifications.channelId))
    .leftJoin(receivers, eq(receivers.id, channels.receiverId))
    .leftJoin(users, eq(users.id, notifications.userId))
    .where(
      and(
        eq(notifications.workspaceId, ctx.actor.workspaceId),
        isShown,
        ...conditions(filter),
        after ? olderThan(after) : undefined,
      ),
    )
    .orderBy(desc(notifications.createdAt), desc(notifications.sequence))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const tries = await attemptsOf(
    ctx,
    page.map(({ row }) => row.id),
  );
  const shown = page.map(({ row, title, channel, person }) =>
    Notification.parse({
      ...row,
      title,
      person,
      tries: row.attempts,
      attempts: tries.get(row.id) ?? [],
      channel: channel?.kind ? channel : null,
    }),
  );
  const last = page.at(-1);
  return rows.length > limit && last ? { notifications: shown, next: last.row.id } : { notifications: shown };
}

/** Watchdogs would be most of the log. Those that failed are problems like any other. */
const isShown = or(ne(notifications.lane, watchdogLane), eq(notifications.state, "dead"));

function conditions({ state, receiverId, channelId, groupId, incidentId }: Omit<ListNotifications, "limit" | "after">) {
  return [
    state && eq(notifications.state, state),
    receiverId ? eq(channels.receiverId, receiverId) : undefined,
    channelId ? eq(notifications.channelId, channelId) : undefined,
    groupId ? eq(notifications.groupId, groupId) : undefined,
    incidentId ? eq(notifications.incidentId, incidentId) : undefined,
  ];
}

async function attemptsOf(ctx: Context, ids: string[]): Promise<Map<string, NotificationAttempt[]>> {
  const rows = await ctx.db
    .select()
    .from(notificationAttempts)
    .where(
      and(
        eq(notificationAttempts.workspaceId, ctx.actor.workspaceId),
        inArray(notificationAttempts.notificationId, ids),
      ),
    )
    .orderBy(asc(notificationAttempts.at));
  const tries = Map.groupBy(rows, ({ notificationId }) => notificationId);
  return new Map([...tries].map(([id, list]) => [id, list.map((row) => NotificationAttempt.parse(row))]));
}

function olderThan(notificationId: string): SQL {
  const mark = sql`(select mark.created_at, mark.sequence from notifications as mark where mark.id = ${notificationId})`;
  return sql`(${notifications.createdAt}, ${notifications.sequence}) < ${mark}`;
}
