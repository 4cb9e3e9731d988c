import { versionScans } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";

/** Has the files of a version looked at, or looked at again, in the caller's transaction. An older verdict is gone at once. */
export async function enqueueScan(ctx: Context, versionId: string): Promise<void> {
  // Milliseconds, as JavaScript has them: a scan that began before the newest request is told by this time.
  const waiting = { verdict: null, report: null, scannedAt: null, requestedAt: new Date() };
  await ctx.db
    .insert(versionScans)
    .values({ versionId, workspaceId: ctx.actor.workspaceId, ...waiting })
    .onConflictDoUpdate({ target: versionScans.versionId, set: waiting });
  await enqueue(ctx, "scan-version", { versionId });
}
