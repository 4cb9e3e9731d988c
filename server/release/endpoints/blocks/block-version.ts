import { versionBlocks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";

interface NewBlock {
  endpoint: { id: string; name: string };
  version: { id: string; model: string; version: number };
  reason: string;
}

/**
 * Blocks the version from which an endpoint is rolled back, in the transaction of the rollback. A version that is blocked there already
 * stays so. For other domains: requires no permission.
 */
export async function blockVersion(ctx: Context, { endpoint, version, reason }: NewBlock): Promise<void> {
  const { workspaceId, name: blockedBy } = ctx.actor;
  const added = await ctx.db
    .insert(versionBlocks)
    .values({ workspaceId, endpointId: endpoint.id, versionId: version.id, reason, blockedBy })
    .onConflictDoNothing()
    .returning({ id: versionBlocks.id });
  if (added.length === 0) return;
  const { model, version: number } = version;
  await record(ctx, "endpoint.version-blocked", {
    subject: `endpoint/${endpoint.name}`,
    after: { model, version: number },
    reason: reason || undefined,
  });
}
