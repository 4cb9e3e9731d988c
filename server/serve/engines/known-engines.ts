import { and, desc, eq, isNotNull, type SQL } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { deployments, modelVersions, registeredModels } from "#db/schema/index.ts";
import { deployedEngine } from "./deployed-engine.ts";
import type { DeployedEngine } from "./engine-client.ts";

/**
 * Returns the engine to which each version was last deployed, at any endpoint of its workspace, by the version's id.
 * @param where on columns of model_versions and registered_models. It must restrict the workspace when called on behalf of a user.
 */
export async function knownEngines(db: Database, where: SQL | undefined): Promise<Map<string, DeployedEngine>> {
  const rows = await db
    .selectDistinctOn([deployments.versionId], {
      versionId: deployments.versionId,
      deploymentId: deployments.id,
      engine: deployments.engine,
      engineSecret: deployments.engineSecret,
    })
    .from(deployments)
    .innerJoin(modelVersions, eq(modelVersions.id, deployments.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(isNotNull(deployments.engine), where))
    .orderBy(deployments.versionId, desc(deployments.id));
  const engines = new Map<string, DeployedEngine>();
  for (const { versionId, ...stored } of rows) {
    const engine = await deployedEngine(db, stored);
    if (engine) engines.set(versionId, engine);
  }
  return engines;
}
