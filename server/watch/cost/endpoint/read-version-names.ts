import { and, eq, inArray } from "drizzle-orm";
import { modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Models and numbers of versions by id; those that were deleted are absent. */
export async function readVersionNames(
  ctx: Context,
  ids: readonly string[],
): Promise<Map<string, { modelName: string; version: number }>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: modelVersions.id, version: modelVersions.version, modelName: registeredModels.name })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), inArray(modelVersions.id, [...new Set(ids)])));
  return new Map(rows.map(({ id, ...named }) => [id, named]));
}
