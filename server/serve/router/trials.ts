import { and, eq, inArray, isNotNull } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { loadTests, modelVersions, registeredModels } from "#db/schema/index.ts";
import { type ServedModel, servedColumns, servedModel } from "../versions/served-model.ts";

/** Versions that are loaded for a load test that is not over, by the endpoint it goes through. */
export async function readTrials(db: Database): Promise<Map<string, ServedModel[]>> {
  const rows = await db
    .select({ endpointId: loadTests.endpointId, version: servedColumns })
    .from(loadTests)
    .innerJoin(modelVersions, eq(modelVersions.id, loadTests.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(
      and(
        inArray(loadTests.state, ["waiting", "running"]),
        isNotNull(modelVersions.artifactKey),
        isNotNull(modelVersions.signature),
      ),
    );
  const byEndpoint = Map.groupBy(rows, ({ endpointId }) => endpointId);
  return new Map(
    [...byEndpoint].map(([endpointId, all]) => [endpointId, all.map(({ version }) => servedModel(version))]),
  );
}
