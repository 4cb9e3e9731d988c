import { and, eq, inArray, isNotNull } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { loadTests, modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Signature } from "#server/registry/contract.ts";
import { type ServedModel, servedPipeline } from "./routes.ts";

/** Versions that are loaded for a load test that is not over, by the endpoint it goes through. */
export async function readTrials(db: Database): Promise<Map<string, ServedModel[]>> {
  const rows = await db
    .select({
      endpointId: loadTests.endpointId,
      versionId: modelVersions.id,
      modelName: registeredModels.name,
      version: modelVersions.version,
      artifactKey: modelVersions.artifactKey,
      sha256: modelVersions.sha256,
      sizeBytes: modelVersions.sizeBytes,
      signature: modelVersions.signature,
      pipeline: modelVersions.pipeline,
      pipelineDigest: modelVersions.pipelineDigest,
    })
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
  const trials = rows.map(({ endpointId, pipeline, pipelineDigest, ...model }) => ({
    endpointId,
    model: {
      ...model,
      artifactKey: model.artifactKey as string,
      sha256: model.sha256 ?? undefined,
      sizeBytes: model.sizeBytes ?? 0,
      signature: model.signature as Signature,
      pipeline: servedPipeline({ pipeline, pipelineDigest }),
    },
  }));
  const byEndpoint = Map.groupBy(trials, ({ endpointId }) => endpointId);
  return new Map([...byEndpoint].map(([endpointId, all]) => [endpointId, all.map(({ model }) => model)]));
}
