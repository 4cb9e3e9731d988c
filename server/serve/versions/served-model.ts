import { modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import type { ExecutionProvider } from "../../develop/registry/execution/contract.ts";
import type { DeployedEngine } from "../engines/engine-client.ts";
import type { StoredModel } from "./model-files.ts";

/** A version as needed by a gateway: the location of its file, and its inputs and outputs. */
export interface ServedModel extends StoredModel {
  sizeBytes: number;
  signature: Signature;
  pipeline?: ServedPipeline | undefined;
}

/** Steps of a version before and after its model. */
export interface ServedPipeline {
  definition: Pipeline;
  digest: string;
}

/** A version and where it may run. */
export interface DeployedModel {
  model: ServedModel;
  /** In order of preference; empty leaves the choice to the gateway. */
  providers: ExecutionProvider[];
  /** Runs it instead of this gateway. */
  engine?: DeployedEngine | undefined;
}

/** Columns of a version, joined with its model, that are needed to run it. */
export const servedColumns = {
  id: modelVersions.id,
  modelName: registeredModels.name,
  version: modelVersions.version,
  artifactKey: modelVersions.artifactKey,
  sha256: modelVersions.sha256,
  sizeBytes: modelVersions.sizeBytes,
  signature: modelVersions.signature,
  pipeline: modelVersions.pipeline,
  pipelineDigest: modelVersions.pipelineDigest,
};

/** A version as servedColumns read it. */
export type ServedRow = Pick<typeof modelVersions.$inferSelect, Exclude<keyof typeof servedColumns, "modelName">> & {
  modelName: string;
};

/** Builds a version from its row, which has a signature. */
export function servedModel(row: ServedRow): ServedModel {
  return {
    versionId: row.id,
    modelName: row.modelName,
    version: row.version,
    artifactKey: row.artifactKey ?? "",
    sha256: row.sha256 ?? undefined,
    sizeBytes: row.sizeBytes ?? 0,
    signature: signatureOf(row),
    pipeline: servedPipeline(row),
  };
}

function signatureOf({ id, signature }: ServedRow): Signature {
  if (signature) return signature;
  throw new Error(`Version ${id} has no signature.`);
}

/** Reads a version's pipeline from its row; undefined when it has none. */
export function servedPipeline(row: Pick<ServedRow, "pipeline" | "pipelineDigest">): ServedPipeline | undefined {
  const { pipeline, pipelineDigest } = row;
  return pipeline && pipelineDigest ? { definition: pipeline, digest: pipelineDigest } : undefined;
}
