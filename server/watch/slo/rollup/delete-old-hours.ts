import { lt } from "drizzle-orm";
import { sliHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";

export const retentionDays = 400;

/** Job: deletes SLO counts after 400 days, in every workspace. */
export async function deleteOldHours(ctx: Context, now = new Date()): Promise<void> {
  await ctx.db.delete(sliHours).where(lt(sliHours.hour, new Date(now.getTime() - retentionDays * dayMs)));
}
