import { and, desc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import { alertGroups, notifications } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Callback } from "../../alerting/notifications/callbacks/contract.ts";
import { groupTitled } from "../../alerting/notifications/callbacks/group-titled.ts";
import { readMessage } from "../../alerting/notifications/stored-message.ts";

/** Number of a channel's newest messages that are searched for a title. */
const maxNotified = 300;

/**
 * Finds the open group of this workspace that a callback refers to.
 * @returns undefined if there is none, or if several match
 */
export async function findCallbackGroup(
  ctx: Context,
  channelId: string,
  { about, at }: Pick<Callback, "about" | "at">,
): Promise<string | undefined> {
  if (about === null) return undefined;
  if ("groupId" in about) return oneOpen(ctx, eq(alertGroups.id, about.groupId), at);
  const { dedupKey, title } = about;
  // As dedupKey() makes it; one alert of a group has its fingerprint behind it.
  const ofGroup = /^([0-9a-f]{64})(:|$)/.exec(dedupKey ?? "")?.[1];
  const byKey = ofGroup && (await oneOpen(ctx, hasDedupKey(ofGroup), at));
  return byKey || (title ? byTitle(ctx, channelId, title, at) : undefined);
}

const hasDedupKey = (key: string) => sql`encode(sha256(convert_to(${alertGroups.groupKey}, 'UTF8')), 'hex') = ${key}`;

/** Finds an open group; of two routes with one key, whose PagerDuty incident is also one, the older. Excludes groups that started later. */
async function oneOpen(ctx: Context, which: ReturnType<typeof sql>, at: Date): Promise<string | undefined> {
  const [found] = await ctx.db
    .select({ id: alertGroups.id })
    .from(alertGroups)
    .where(
      and(
        eq(alertGroups.workspaceId, ctx.actor.workspaceId),
        isNull(alertGroups.endedAt),
        sql`${alertGroups.createdAt} <= ${at}`,
        which,
      ),
    )
    .orderBy(alertGroups.createdAt)
    .limit(1);
  return found?.id;
}

/** Finds the group by title: incidents that PagerDuty created from alerts have no key, so the title identifies the message. */
async function byTitle(ctx: Context, channelId: string, title: string, at: Date): Promise<string | undefined> {
  const notified = await ctx.db
    .select({ groupId: notifications.groupId, message: notifications.message })
    .from(notifications)
    .innerJoin(alertGroups, and(eq(alertGroups.id, notifications.groupId), isNull(alertGroups.endedAt)))
    .where(
      and(
        eq(notifications.workspaceId, ctx.actor.workspaceId),
        eq(notifications.channelId, channelId),
        isNotNull(notifications.groupId),
        sql`${alertGroups.createdAt} <= ${at}`,
      ),
    )
    .orderBy(desc(notifications.createdAt))
    .limit(maxNotified);
  return groupTitled(
    notified.map(({ groupId, message }) => ({ groupId: groupId as string, message: readMessage(message) })),
    title,
  );
}
