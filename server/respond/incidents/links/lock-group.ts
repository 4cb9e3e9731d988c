import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { alertGroups } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Holds an alert group before its incident, as whoever flushes or acknowledges it does; nothing where there is none. */
export async function lockGroup(ctx: Context, groupId: string): Promise<void> {
  if (!z.uuid().safeParse(groupId).success) return;
  await ctx.db
    .select({ id: alertGroups.id })
    .from(alertGroups)
    .where(and(eq(alertGroups.id, groupId), eq(alertGroups.workspaceId, ctx.actor.workspaceId)))
    .for("update");
}
