import { and, desc, eq, isNull } from "drizzle-orm";
import { modelVersions, registeredModels, versionBlocks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { VersionBlock } from "./contract.ts";

/** Lists the blocked versions of an endpoint, newest first. The caller has checked permissions. */
export async function blocksOf(ctx: Context, endpointId: string): Promise<VersionBlock[]> {
  const { versionId, reason, blockedBy, blockedAt } = versionBlocks;
  return ctx.db
    .select({
      endpointId: versionBlocks.endpointId,
      versionId,
      model: registeredModels.name,
      version: modelVersions.version,
      reason,
      blockedBy,
      blockedAt,
    })
    .from(versionBlocks)
    .innerJoin(modelVersions, eq(modelVersions.id, versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(
      and(
        eq(versionBlocks.workspaceId, ctx.actor.workspaceId),
        eq(versionBlocks.endpointId, endpointId),
        isNull(versionBlocks.unblockedAt),
      ),
    )
    .orderBy(desc(blockedAt), versionId);
}
