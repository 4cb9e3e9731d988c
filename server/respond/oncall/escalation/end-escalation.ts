import { and, eq, isNull } from "drizzle-orm";
import { escalations } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";

/**
 * Ends the paging about a group, in the caller's transaction. Waits for a step that is being executed at this moment.
 * @param why "acknowledged", "resolved", "silenced"
 * @returns whether an escalation was active
 */
export async function endEscalation(ctx: Context, groupId: string, why: string, now = new Date()): Promise<boolean> {
  const [row] = await ctx.db
    .update(escalations)
    .set({ endedAt: now, ended: why, nextAt: null })
    .where(
      and(
        eq(escalations.groupId, groupId),
        eq(escalations.workspaceId, ctx.actor.workspaceId),
        isNull(escalations.endedAt),
      ),
    )
    .returning({ id: escalations.id });
  if (row) await publish(ctx, "oncall", row.id);
  return row !== undefined;
}
