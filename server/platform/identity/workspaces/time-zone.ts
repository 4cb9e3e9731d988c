import { eq } from "drizzle-orm";
import { workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Returns the IANA time zone in which the days, weeks and months of a workspace start. The caller has checked permissions. */
export async function workspaceTimeZone(ctx: Context): Promise<string> {
  const [row] = await ctx.db
    .select({ timeZone: workspaces.timeZone })
    .from(workspaces)
    .where(eq(workspaces.id, ctx.actor.workspaceId));
  return row?.timeZone ?? "UTC";
}
