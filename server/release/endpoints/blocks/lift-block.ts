import { and, eq, isNull } from "drizzle-orm";
import { versionBlocks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { VersionBlock } from "./contract.ts";

/** Ends a block, which stays in the history with who ended it and why. In the caller's transaction; requires no permission. */
export async function liftBlock(
  ctx: Context,
  { endpointId, versionId, model, version }: VersionBlock,
  { endpoint, reason }: { endpoint: string; reason: string },
): Promise<void> {
  const { workspaceId, name: unblockedBy } = ctx.actor;
  await ctx.db
    .update(versionBlocks)
    .set({ unblockedBy, unblockedAt: new Date(), unblockReason: reason })
    .where(
      and(
        eq(versionBlocks.workspaceId, workspaceId),
        eq(versionBlocks.endpointId, endpointId),
        eq(versionBlocks.versionId, versionId),
        isNull(versionBlocks.unblockedAt),
      ),
    );
  await record(ctx, "endpoint.version-unblocked", {
    subject: `endpoint/${endpoint}`,
    after: { model, version },
    reason,
  });
  await publish(ctx, "endpoint", endpointId);
}
