import { and, desc, eq, isNotNull, type SQL } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { deployments, modelVersions, registeredModels } from "#db/schema/index.ts";
import type { DeployedEngine } from "./engine-client.ts";

/**
 * The engine that each version was deployed to last, at whichever endpoint of its workspace, by the version's id.
 * @param where on columns of model_versions and registered_models. It bounds the workspace where it is asked on behalf of a caller.
 */
export async function knownEngines(db: Database, where: SQL | undefined): Promise<Map<string, DeployedEngine>> {
  const rows = await db
    .selectDistinctOn([deployments.versionId], {
      versionId: deployments.versionId,
      engine: deployments.engine,
      secret: deployments.engineSecret,
    })
    .from(deployments)
    .innerJoin(modelVersions, eq(modelVersions.id, deployments.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(isNotNull(deployments.engine), where))
    .orderBy(deployments.versionId, desc(deployments.id));
  return new Map(rows.flatMap(({ versionId, engine, secret }) => (engine ? [[versionId, { ...engine, secret }]] : [])));
}
