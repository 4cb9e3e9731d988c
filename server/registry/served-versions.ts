import { and, desc, eq, isNull, type SQL } from "drizzle-orm";
import { deployments, endpoints, modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";

export interface ServedVersion {
  modelId: string;
  versionId: string;
  version: number;
  endpointId: string;
  endpointName: string;
}

/**
 * Which versions serve at which endpoints of this workspace, by the endpoints' names. The newest deployment of an endpoint serves.
 * @param where on columns of model_versions.
 */
export async function servedVersions(ctx: Context, where: SQL | undefined): Promise<ServedVersion[]> {
  const newest = ctx.db
    .selectDistinctOn([deployments.endpointId], {
      endpointId: deployments.endpointId,
      versionId: deployments.versionId,
    })
    .from(deployments)
    .where(eq(deployments.workspaceId, ctx.actor.workspaceId))
    .orderBy(deployments.endpointId, desc(deployments.id))
    .as("newest");
  return ctx.db
    .select({
      modelId: modelVersions.modelId,
      versionId: modelVersions.id,
      version: modelVersions.version,
      endpointId: endpoints.id,
      endpointName: endpoints.name,
    })
    .from(newest)
    .innerJoin(endpoints, eq(endpoints.id, newest.endpointId))
    .innerJoin(modelVersions, eq(modelVersions.id, newest.versionId))
    .where(and(isNull(endpoints.archivedAt), where))
    .orderBy(endpoints.name);
}
