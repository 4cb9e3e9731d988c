import { and, desc, eq, inArray } from "drizzle-orm";
import { modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";

/** Model version with its source run. */
interface VersionOfRun {
  id: string;
  runId: string | null;
  modelName: string;
  version: number;
}

/** Lists versions created from any of these runs: at most 20 per run, newest first. */
export async function listVersionsOfRuns(ctx: Context, runIds: readonly string[]): Promise<VersionOfRun[]> {
  permit(ctx, "listVersionsOfRuns");
  if (runIds.length === 0) return [];
  return ctx.db
    .select({
      id: modelVersions.id,
      runId: modelVersions.runId,
      modelName: registeredModels.name,
      version: modelVersions.version,
    })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), inArray(modelVersions.runId, [...runIds])))
    .orderBy(desc(modelVersions.createdAt), desc(modelVersions.version))
    .limit(runIds.length * 20);
}
