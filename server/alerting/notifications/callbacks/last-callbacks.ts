import { and, desc, eq, inArray } from "drizzle-orm";
import { channelCallbacks, type channels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { type ChannelCallbacks, ChannelKind } from "../contract.ts";
import { callbackPath, isCallbackKind } from "./contract.ts";

type Last = Pick<ChannelCallbacks, "lastAt" | "lastOutcome">;

/** Returns the last callback of each channel. The caller has checked permissions. */
export async function lastCallbacks(ctx: Context, channelIds: readonly string[]): Promise<Map<string, Last>> {
  if (channelIds.length === 0) return new Map();
  const rows = await ctx.db
    .selectDistinctOn([channelCallbacks.channelId], {
      channelId: channelCallbacks.channelId,
      lastAt: channelCallbacks.at,
      lastOutcome: channelCallbacks.outcome,
    })
    .from(channelCallbacks)
    .where(
      and(
        eq(channelCallbacks.workspaceId, ctx.actor.workspaceId),
        inArray(channelCallbacks.channelId, [...channelIds]),
      ),
    )
    .orderBy(channelCallbacks.channelId, desc(channelCallbacks.at));
  return new Map(rows.map(({ channelId, ...last }) => [channelId, last]));
}

/** Returns a channel's callback settings; null for kinds without callbacks. */
export function answersOf(
  { id, kind, callbackSecret, callbackRejectedAt }: typeof channels.$inferSelect,
  last: Last = { lastAt: null, lastOutcome: null },
): ChannelCallbacks | null {
  if (!isCallbackKind(ChannelKind.parse(kind))) return null;
  return { path: callbackPath(id), hasSecret: callbackSecret !== null, refusedAt: callbackRejectedAt, ...last };
}
