import { and, eq, isNull } from "drizzle-orm";
import { channels, receivers } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/**
 * Whether the receiver of a channel has another enabled one, which still notifies when this one is dead. The caller has checked permissions.
 * @returns undefined where there is no such channel, or it is disabled
 */
export async function hasOtherChannel(ctx: Context, channelId: string): Promise<boolean | undefined> {
  const isEnabled = and(
    eq(channels.workspaceId, ctx.actor.workspaceId),
    isNull(channels.disabledAt),
    isNull(receivers.archivedAt),
  );
  const [channel] = await ctx.db
    .select({ receiverId: channels.receiverId })
    .from(channels)
    .innerJoin(receivers, eq(receivers.id, channels.receiverId))
    .where(and(isEnabled, eq(channels.id, channelId)));
  if (!channel) return undefined;
  const ofReceiver = and(
    eq(channels.workspaceId, ctx.actor.workspaceId),
    isNull(channels.disabledAt),
    eq(channels.receiverId, channel.receiverId),
  );
  return (await ctx.db.$count(channels, ofReceiver)) > 1;
}
