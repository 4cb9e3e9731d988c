import { lt, sql } from "drizzle-orm";
import { gatewayHeartbeats, gpuWindows } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { maintainPredictionPartitions } from "./partitions.ts";

const keepDays = 30;

/**
 * Job: partitions of the prediction log made ahead and dropped after 30 days, as what was read of GPUs; gateways forgotten that were
 * silent for a day.
 */
export async function maintainPredictions(ctx: Context): Promise<void> {
  await maintainPredictionPartitions(ctx.db, { now: new Date(), keepDays });
  await ctx.db.delete(gpuWindows).where(lt(gpuWindows.windowStart, sql`now() - interval '30 days'`));
  await ctx.db.delete(gatewayHeartbeats).where(lt(gatewayHeartbeats.seenAt, sql`now() - interval '1 day'`));
}
