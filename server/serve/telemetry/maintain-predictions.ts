import { lt, sql } from "drizzle-orm";
import { endpoints, gatewayHeartbeats, gpuWindows } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { CaptureRules } from "../capture/contract.ts";
import { deleteOldLabels, deleteOldPredictions } from "./delete-old-predictions.ts";
import { maintainPredictionPartitions } from "./partitions.ts";

/**
 * Runs as a job: creates partitions of the prediction log ahead of time, and drops them once no endpoint retains their days; deletes rows
 * of endpoints with a shorter retention, GPU readings after 30 days, and gateways without a heartbeat for a day.
 */
export async function maintainPredictions(ctx: Context, now = new Date()): Promise<void> {
  const rows = await ctx.db.select({ endpointId: endpoints.id, capture: endpoints.capture }).from(endpoints);
  const kept = rows.map(({ endpointId, capture }) => ({ endpointId, ...CaptureRules.parse(capture) }));
  const longest = Math.max(...kept.map(({ retentionDays }) => retentionDays), CaptureRules.parse({}).retentionDays);
  await maintainPredictionPartitions(ctx.db, { now, retentionDays: longest });
  for (const { endpointId, retentionDays } of kept) {
    const before = new Date(now.getTime() - retentionDays * dayMs);
    if (retentionDays < longest) await deleteOldPredictions(ctx.db, endpointId, before);
    await deleteOldLabels(ctx.db, endpointId, before);
  }
  await ctx.db.delete(gpuWindows).where(lt(gpuWindows.windowStart, sql`now() - interval '30 days'`));
  await ctx.db.delete(gatewayHeartbeats).where(lt(gatewayHeartbeats.seenAt, sql`now() - interval '1 day'`));
}
