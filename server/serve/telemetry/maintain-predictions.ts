import { lt, sql } from "drizzle-orm";
import { endpoints, gatewayHeartbeats, gpuWindows } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { dayMs } from "#server/base/durations.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { CaptureRules, maxRetentionDays } from "../capture/contract.ts";
import { deleteOldLabels, deleteOldPredictions } from "./delete-old-predictions.ts";
import { maintainPredictionPartitions } from "./partitions.ts";

/**
 * Runs as a job: creates partitions of the prediction log ahead of time, and drops them once no endpoint retains their days; deletes rows
 * of endpoints with a shorter retention, GPU readings after 30 days, and gateways without a heartbeat for a day. A step that fails stops no
 * other, and fails the job at the end.
 */
export async function maintainPredictions({ db }: Context, at?: Date, attempt: Attempt = attemptOnce): Promise<void> {
  const now = at ?? new Date(await databaseNow(db));
  const { id, workspaceId, capture } = endpoints;
  const rows = await db.select({ id, workspaceId, capture }).from(endpoints);
  // Of an endpoint whose rules cannot be read, nobody knows how long its days are retained: they are not dropped.
  const days = rows.map(({ capture }) => CaptureRules.safeParse(capture).data?.retentionDays ?? maxRetentionDays);
  const longest = Math.max(...days, CaptureRules.parse({}).retentionDays);
  await maintainPredictionPartitions(db, { now, retentionDays: longest }, attempt);
  for (const { capture, ...item } of rows) {
    await attempt(item, async () => {
      const { retentionDays } = CaptureRules.parse(capture);
      const before = new Date(now.getTime() - retentionDays * dayMs);
      if (retentionDays < longest) await deleteOldPredictions(db, item.id, before);
      await deleteOldLabels(db, item.id, before);
    });
  }
  const isOldWindow = lt(gpuWindows.windowStart, sql`now() - interval '30 days'`);
  await attempt({ id: "GPU readings" }, () => db.delete(gpuWindows).where(isOldWindow));
  const isGone = lt(gatewayHeartbeats.seenAt, sql`now() - interval '1 day'`);
  await attempt({ id: "gateways" }, () => db.delete(gatewayHeartbeats).where(isGone));
}
