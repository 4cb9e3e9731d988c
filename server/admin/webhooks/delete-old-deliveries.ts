import { lt } from "drizzle-orm";
import { webhookDeliveries } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";

const keepDays = 30;

/** Job: deletes deliveries and their log after 30 days, in every workspace. */
export async function deleteOldDeliveries(ctx: Context, now = new Date()): Promise<void> {
  const longAgo = new Date(now.getTime() - keepDays * dayMs);
  await ctx.db.delete(webhookDeliveries).where(lt(webhookDeliveries.createdAt, longAgo));
}
