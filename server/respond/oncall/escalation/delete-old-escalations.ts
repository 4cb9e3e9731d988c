import { lt } from "drizzle-orm";
import { escalations } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";

/** As long as the history of alerts (docs/spec/alerting.md section 13). */
const keepDays = 400;

/** Job: deletes escalations 400 days after their end, in every workspace. */
export async function deleteOldEscalations(ctx: Context, now = new Date()): Promise<void> {
  await ctx.db.delete(escalations).where(lt(escalations.endedAt, new Date(now.getTime() - keepDays * dayMs)));
}
