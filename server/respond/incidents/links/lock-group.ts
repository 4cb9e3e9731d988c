import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { alertGroups } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Locks an alert group before its incident, in the same order as flushing and acknowledging; does nothing where there is none. */
export async function lockGroup(ctx: Context, groupId: string): Promise<void> {
  if (!z.uuid().safeParse(groupId).success) return;
  await ctx.db
    .select({ id: alertGroups.id })
    .from(alertGroups)
    .where(and(eq(alertGroups.id, groupId), eq(alertGroups.workspaceId, ctx.actor.workspaceId)))
    .for("update");
}
