import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { channels, notifications, receivers, users } from "#db/schema/index.ts";
import { isFailing } from "#server/alerting/notifications/outbox/failing.ts";
import type { Context } from "#server/base/context.ts";

const maxProblems = 5;

interface PagedGroup {
  id: string;
  receiver: string;
  endedAt: Date | null;
}

/** Finds why people may not have been notified of the open groups of a line in the last day: in sentences, the newest problem first. */
export async function findDeliveryProblems(ctx: Context, groups: readonly PagedGroup[]): Promise<string[]> {
  const open = groups.filter(({ endedAt }) => endedAt === null);
  if (open.length === 0) return [];
  const problems = await failedDeliveries(ctx, open);
  for (const receiver of new Set(open.map((group) => group.receiver))) {
    if (!(await hasChannel(ctx, receiver))) problems.push(`Receiver ${receiver} has no enabled channel.`);
  }
  return [...new Set(problems)].slice(0, maxProblems);
}

async function failedDeliveries(ctx: Context, open: readonly PagedGroup[]): Promise<string[]> {
  const { state, note, createdAt, groupId, workspaceId } = notifications;
  const hasFailed = isFailing();
  const rows = await ctx.db
    .select({ state, note, person: users.name, channel: channels.kind, receiver: receivers.name })
    .from(notifications)
    .leftJoin(channels, eq(channels.id, notifications.channelId))
    .leftJoin(receivers, eq(receivers.id, channels.receiverId))
    .leftJoin(users, eq(users.id, notifications.userId))
    .where(
      and(
        eq(workspaceId, ctx.actor.workspaceId),
        inArray(
          groupId,
          open.map(({ id }) => id),
        ),
        inArray(notifications.kind, ["group", "escalation"]),
        sql`coalesce(${notifications.diedAt}, ${createdAt}) > now() - interval '1 day'`,
        hasFailed,
      ),
    )
    .orderBy(desc(createdAt), sql`${notifications.sequence} desc`)
    .limit(maxProblems);
  return rows.map(({ state, note, person, channel, receiver }) => {
    const who = `${person ?? receiver ?? "a removed receiver"} via ${channel ?? "email"}`;
    return state === "dead" ? `Could not notify ${who}. ${note}` : `Could not notify ${who} yet. Retrying.`;
  });
}

async function hasChannel(ctx: Context, receiver: string): Promise<boolean> {
  const { workspaceId } = ctx.actor;
  const [row] = await ctx.db
    .select({ id: channels.id })
    .from(channels)
    .innerJoin(receivers, eq(receivers.id, channels.receiverId))
    .where(
      and(
        eq(channels.workspaceId, workspaceId),
        eq(receivers.name, receiver),
        isNull(receivers.archivedAt),
        isNull(channels.disabledAt),
      ),
    )
    .limit(1);
  return row !== undefined;
}
