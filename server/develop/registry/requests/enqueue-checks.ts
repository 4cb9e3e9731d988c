import { randomUUID } from "node:crypto";
import { and, eq, type SQL } from "drizzle-orm";
import { promotionDecisions, promotionRequests } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
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
    if (versionId) await enqueue(ctx, "run-gates", { versionId, alias, checkId: randomUUID() });
  }
}
