import { and, desc, eq, inArray } from "drizzle-orm";
import { channelAnswers, type channels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { type ChannelAnswers, ChannelKind } from "../contract.ts";
import { answerPath, isAnswering } from "./contract.ts";

type Last = Pick<ChannelAnswers, "lastAt" | "lastOutcome">;

/** What came back last to each channel. For who was let in already. */
export async function lastAnswers(ctx: Context, channelIds: readonly string[]): Promise<Map<string, Last>> {
  if (channelIds.length === 0) return new Map();
  const rows = await ctx.db
    .selectDistinctOn([channelAnswers.channelId], {
      channelId: channelAnswers.channelId,
      lastAt: channelAnswers.at,
      lastOutcome: channelAnswers.outcome,
    })
    .from(channelAnswers)
    .where(
      and(eq(channelAnswers.workspaceId, ctx.actor.workspaceId), inArray(channelAnswers.channelId, [...channelIds])),
    )
    .orderBy(channelAnswers.channelId, desc(channelAnswers.at));
  return new Map(rows.map(({ channelId, ...last }) => [channelId, last]));
}

/** How what people do comes back to a channel; null where nothing does. */
export function answersOf(
  { id, kind, answerSecret, answerRefusedAt }: typeof channels.$inferSelect,
  last: Last = { lastAt: null, lastOutcome: null },
): ChannelAnswers | null {
  if (!isAnswering(ChannelKind.parse(kind))) return null;
  return { path: answerPath(id), hasSecret: answerSecret !== null, refusedAt: answerRefusedAt, ...last };
}
