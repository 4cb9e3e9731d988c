import { and, desc, eq, gt, inArray } from "drizzle-orm";
import { timelineEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";

/** Time after a user's action in which others wait to see whether it helps. */
const settlingMs = 2 * minuteMs;

export interface Acting {
  name: string;
  /** "Rolled back to digits v11". */
  what: string;
  isRollback: boolean;
  at: number;
}

/** Returns the other user who changed something for an incident a moment ago; undefined where there is none. */
export async function lastActor(ctx: Context, incidentId: string, now: number): Promise<Acting | undefined> {
  const [row] = await ctx.db
    .select()
    .from(timelineEvents)
    .where(
      and(
        eq(timelineEvents.workspaceId, ctx.actor.workspaceId),
        eq(timelineEvents.incidentId, incidentId),
        inArray(timelineEvents.kind, ["rollback", "action"]),
        eq(timelineEvents.actorKind, "person"),
        gt(timelineEvents.recordedAt, new Date(now - settlingMs)),
      ),
    )
    .orderBy(desc(timelineEvents.recordedAt))
    .limit(1);
  if (!row || row.actorName === ctx.actor.name) return undefined;
  return { name: row.actorName, what: row.title, isRollback: row.kind === "rollback", at: row.recordedAt.getTime() };
}
