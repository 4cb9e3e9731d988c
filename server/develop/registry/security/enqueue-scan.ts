import { versionScans } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";

/** Enqueues a scan of a version's files in the caller's transaction. Resets an older verdict immediately. */
export async function enqueueScan(ctx: Context, versionId: string): Promise<void> {
  // Millisecond precision, as in JavaScript: this time identifies scans that started before the newest request.
  const waiting = { verdict: null, report: null, scannedAt: null, requestedAt: new Date() };
  await ctx.db
    .insert(versionScans)
    .values({ versionId, workspaceId: ctx.actor.workspaceId, ...waiting })
    .onConflictDoUpdate({ target: versionScans.versionId, set: waiting });
  await enqueue(ctx, "scan-version", { versionId });
}
