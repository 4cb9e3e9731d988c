import { and, eq, sql } from "drizzle-orm";
import { gameDays } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { isInForce } from "#server/serve/faults/is-in-force.ts";
import type { DeliveryOutcome } from "../channels/outcome.ts";

/**
 * Returns the failure of a message to a channel that a running game day has taken away; undefined for all others. It is retried as any other one, so
 * that it arrives when the game day is over.
 */
export async function refusalOfGameDay(ctx: Context, channelId: string): Promise<DeliveryOutcome | undefined> {
  const [day] = await ctx.db
    .select({ number: gameDays.number })
    .from(gameDays)
    .where(
      and(
        eq(gameDays.workspaceId, ctx.actor.workspaceId),
        isInForce(),
        sql`${gameDays.fault} @> ${JSON.stringify({ kind: "channel-dead", channelId })}::jsonb`,
      ),
    );
  if (!day) return undefined;
  const error = `Rejected on purpose by game day GD-${day.number}.`;
  return { outcome: "failed", durationMs: 0, status: null, answer: null, error };
}
