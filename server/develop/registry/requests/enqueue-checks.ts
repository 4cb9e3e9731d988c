import { randomUUID } from "node:crypto";
import { and, eq, type SQL } from "drizzle-orm";
import { promotionDecisions, promotionRequests } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { enqueueUnlessWaiting } from "#server/platform/jobs/queue.ts";
import { isOpen } from "./open-requests.ts";

/**
 * Enqueues the gates of open requests again because the basis of their evidence has changed. @param where on columns of promotion_requests.
 */
export async function enqueueChecks(ctx: Context, where: SQL | undefined): Promise<void> {
  const open = await ctx.db
    .select({ versionId: promotionRequests.versionId, alias: promotionRequests.alias })
    .from(promotionRequests)
    .leftJoin(promotionDecisions, eq(promotionDecisions.requestId, promotionRequests.id))
    .where(and(eq(promotionRequests.workspaceId, ctx.actor.workspaceId), isOpen, where));
  for (const { versionId, alias } of open) {
    if (versionId) await enqueueGates(ctx, { versionId, alias });
  }
}

/** Enqueues all gates of a version for an alias. Gates that wait already find every change up to their start: fifty edits are one check. */
export async function enqueueGates(ctx: Context, gates: { versionId: string; alias: string }): Promise<void> {
  await enqueueUnlessWaiting(ctx, "run-gates", { ...gates, checkId: randomUUID() }, gates);
}
