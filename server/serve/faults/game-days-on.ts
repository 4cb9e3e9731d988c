import { and, desc, eq, gte, inArray } from "drizzle-orm";
import { gameDays } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";

/** How long after its end an alert may still be about its fault: windows of objectives look back that far. */
const aftermathMs = 30 * minuteMs;
/** No game day is longer, its aftermath included. */
const maxMs = hourMs;
const maxGameDays = 500;

interface GameDaySpan {
  id: string;
  number: number;
  endpointId: string;
  /** Milliseconds since 1970; `endedAt` is null while it runs. */
  startedAt: number;
  endedAt: number | null;
  isAnnounced: boolean;
  ownerId: string;
}

/**
 * Reads the game days of some endpoints that were running, or had just ended, at a time or later, newest first. The caller has checked
 * permissions, and decides who may see one that is not announced. @param from milliseconds since 1970
 */
export async function gameDaysOn(ctx: Context, endpointIds: readonly string[], from: number): Promise<GameDaySpan[]> {
  if (endpointIds.length === 0) return [];
  const { id, number, endpointId, startedAt, endedAt, isAnnounced, ownerId } = gameDays;
  const rows = await ctx.db
    .select({ id, number, endpointId, startedAt, endedAt, isAnnounced, ownerId })
    .from(gameDays)
    .where(
      and(
        eq(gameDays.workspaceId, ctx.actor.workspaceId),
        inArray(endpointId, [...endpointIds]),
        gte(startedAt, new Date(from - maxMs)),
      ),
    )
    .orderBy(desc(startedAt))
    .limit(maxGameDays);
  return rows.flatMap(({ startedAt, endedAt, ...row }) =>
    startedAt ? [{ ...row, startedAt: startedAt.getTime(), endedAt: endedAt?.getTime() ?? null }] : [],
  );
}

/** Whether something that began at a time, or in the minute of a time, may be the work of a game day. @param at milliseconds since 1970 */
export function isDuring({ startedAt, endedAt }: GameDaySpan, at: number): boolean {
  return at > startedAt - minuteMs && (endedAt === null || at <= endedAt + aftermathMs);
}
