import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { and, desc, eq, isNotNull, isNull } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { deployments, endpoints, modelVersions, registeredModels, workspaces } from "#db/schema/index.ts";
import type { Signature } from "#server/registry/contract.ts";
import type { Pipeline } from "#server/registry/pipeline/definition.ts";
import { CacheSettings } from "../cache/contract.ts";
import type { ExecutionProvider } from "../contract.ts";
import type { ExecutionSettings } from "../execution/contract.ts";
import { settingsOf } from "../execution/settings-of.ts";
import { Protection } from "../protection/contract.ts";
import type { StoredModel } from "./model-files.ts";

/** A version as a gateway needs it: where its file is, and what goes in and out. */
export interface ServedModel extends StoredModel {
  sizeBytes: number;
  signature: Signature;
  pipeline?: ServedPipeline | undefined;
}

/** What a version does before and after its model. */
export interface ServedPipeline {
  definition: Pipeline;
  digest: string;
}

/** A version's pipeline out of its row; undefined when it has none. */
export function servedPipeline(row: { pipeline: unknown; pipelineDigest: string | null }): ServedPipeline | undefined {
  const { pipeline, pipelineDigest } = row;
  return pipeline && pipelineDigest ? { definition: pipeline as Pipeline, digest: pipelineDigest } : undefined;
}

/** What an endpoint should serve. */
export interface Route {
  workspaceId: string;
  workspaceSlug: string;
  endpointId: string;
  /** The model's name on the wire. */
  name: string;
  captureShare: number;
  protection: Protection;
  cache: CacheSettings;
  /** In order of preference; empty leaves the choice to the gateway. */
  providers: ExecutionProvider[];
  execution: ExecutionSettings;
  model: ServedModel;
}

/** What an endpoint is set to, as far as gateways need it. */
type Settings = Pick<Route, "execution" | "protection" | "cache">;

/** Every endpoint of every workspace that is not archived and has a deployment. Asked by gateways, not on behalf of a caller. */
export async function readRoutes(db: Database): Promise<Route[]> {
  const rows = await db
    .selectDistinctOn([deployments.endpointId], {
      workspaceId: endpoints.workspaceId,
      workspaceSlug: workspaces.slug,
      endpointId: endpoints.id,
      name: endpoints.name,
      captureShare: endpoints.captureShare,
      execution: endpoints.execution,
      protection: endpoints.protection,
      cache: endpoints.cache,
      providers: deployments.providers,
      model: {
        versionId: modelVersions.id,
        modelName: registeredModels.name,
        version: modelVersions.version,
        artifactKey: modelVersions.artifactKey,
        sha256: modelVersions.sha256,
        sizeBytes: modelVersions.sizeBytes,
        signature: modelVersions.signature,
        pipeline: modelVersions.pipeline,
        pipelineDigest: modelVersions.pipelineDigest,
      },
    })
    .from(deployments)
    .innerJoin(endpoints, eq(endpoints.id, deployments.endpointId))
    .innerJoin(workspaces, eq(workspaces.id, endpoints.workspaceId))
    .innerJoin(modelVersions, eq(modelVersions.id, deployments.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(isNull(endpoints.archivedAt), isNotNull(modelVersions.artifactKey), isNotNull(modelVersions.signature)))
    .orderBy(deployments.endpointId, desc(deployments.id));
  return rows.map(
    ({ model: { pipeline, pipelineDigest, ...model }, providers, execution, protection, cache, ...row }) => ({
      ...row,
      ...completed({ execution, protection, cache }),
      providers: providers as ExecutionProvider[],
      model: {
        ...model,
        artifactKey: model.artifactKey as string,
        sha256: model.sha256 ?? undefined,
        sizeBytes: model.sizeBytes ?? 0,
        signature: model.signature as Signature,
        pipeline: servedPipeline({ pipeline, pipelineDigest }),
      },
    }),
  );
}

/** Settings as they are stored, or as an earlier release kept them on disk: what is not there has its default. */
export function completed(stored: { [Key in keyof Settings]?: unknown }): Settings {
  return {
    execution: settingsOf(stored.execution),
    protection: Protection.parse(stored.protection ?? {}),
    cache: CacheSettings.parse(stored.cache ?? {}),
  };
}

/** Keeps a value for a start without Postgres, when it is another one than is kept. Readable by the owner only. */
export function saveCopy(path: string, value: unknown): void {
  const text = JSON.stringify(value);
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  mkdirSync(dirname(path), { recursive: true });
  // Another gateway may share the folder.
  const incoming = `${path}.${process.pid}.new`;
  writeFileSync(incoming, text, { mode: 0o600 });
  renameSync(incoming, path);
}

/** What was kept last; undefined when there is nothing. */
export function loadCopy<Value>(path: string): Value | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Value) : undefined;
}
