import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { and, desc, eq, isNotNull, isNull, or, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { deployments, endpoints, modelVersions, registeredModels, workspaces } from "#db/schema/index.ts";
import type { Signature } from "#server/registry/contract.ts";
import type { Pipeline } from "#server/registry/pipeline/definition.ts";
import { CacheSettings } from "../cache/contract.ts";
import { CaptureRules } from "../capture/contract.ts";
import type { ExecutionProvider } from "../contract.ts";
import type { Engine } from "../engines/contract.ts";
import type { DeployedEngine } from "../engines/engine-client.ts";
import type { ExecutionSettings } from "../execution/contract.ts";
import { settingsOf } from "../execution/settings-of.ts";
import { Protection } from "../protection/contract.ts";
import type { StoredModel } from "./model-files.ts";
import type { ServedCascade } from "./served-cascade.ts";

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

/** A version and where it may run. */
export interface DeployedModel {
  model: ServedModel;
  /** In order of preference; empty leaves the choice to the gateway. */
  providers: ExecutionProvider[];
  /** Runs it instead of this gateway. */
  engine?: DeployedEngine | undefined;
}

/** What an endpoint should serve: the version that was deployed last, and those that are kept beside it. */
export interface Route extends DeployedModel {
  workspaceId: string;
  workspaceSlug: string;
  endpointId: string;
  /** The model's name on the wire. */
  name: string;
  captureShare: number;
  capture: CaptureRules;
  protection: Protection;
  cache: CacheSettings;
  execution: ExecutionSettings;
  /** Deployed before and to be addressed by their number, each number once. */
  kept: DeployedModel[];
  /** Loaded for load tests, whose requests alone reach them. */
  trials: DeployedModel[];
  /** Undefined where its version answers by itself. */
  cascade?: ServedCascade | undefined;
  /** Whether it was taken out of memory by request. */
  isUnloaded: boolean;
}

/** What an endpoint is set to, as far as gateways need it. */
type Settings = Pick<Route, "execution" | "protection" | "cache" | "capture" | "kept" | "trials" | "isUnloaded">;

/** Every endpoint of every workspace that is not archived and has a deployment. Asked by gateways, not on behalf of a caller. */
export async function readRoutes(db: Database): Promise<Route[]> {
  const ranked = rankedDeployments(db);
  const rows = await db
    .select({
      workspaceId: endpoints.workspaceId,
      workspaceSlug: workspaces.slug,
      endpointId: endpoints.id,
      name: endpoints.name,
      captureShare: endpoints.captureShare,
      execution: endpoints.execution,
      protection: endpoints.protection,
      cache: endpoints.cache,
      capture: endpoints.capture,
      unloadedAt: endpoints.unloadedAt,
      ...{ providers: ranked.providers, engine: ranked.engine, engineSecret: ranked.engineSecret },
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
    .from(ranked)
    .innerJoin(endpoints, eq(endpoints.id, ranked.endpointId))
    .innerJoin(workspaces, eq(workspaces.id, endpoints.workspaceId))
    .innerJoin(modelVersions, eq(modelVersions.id, ranked.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(sql`${ranked.place} <= 1 + ${endpoints.versionsKept}`)
    .orderBy(ranked.endpointId, ranked.place);
  const byEndpoint = Map.groupBy(rows, (row) => row.endpointId);
  return [...byEndpoint.values()].map(([first, ...others]) => {
    const { execution, protection, cache, capture, unloadedAt, engine, engineSecret, ...row } =
      first as (typeof rows)[number];
    return {
      ...row,
      ...deployedOf({ ...row, engine, engineSecret }),
      ...completed({
        execution,
        protection,
        cache,
        capture,
        kept: others.map(deployedOf),
        isUnloaded: unloadedAt !== null,
      }),
    };
  });
}

/** The newest deployment of each version number of an endpoint, the newest of all in the first place. */
function rankedDeployments(db: Database) {
  const newest = db
    .selectDistinctOn([deployments.endpointId, modelVersions.version], {
      id: deployments.id,
      endpointId: deployments.endpointId,
      versionId: deployments.versionId,
      providers: deployments.providers,
      engine: deployments.engine,
      engineSecret: deployments.engineSecret,
    })
    .from(deployments)
    .innerJoin(endpoints, and(eq(endpoints.id, deployments.endpointId), isNull(endpoints.archivedAt)))
    .innerJoin(modelVersions, eq(modelVersions.id, deployments.versionId))
    .where(
      and(or(isNotNull(modelVersions.artifactKey), isNotNull(deployments.engine)), isNotNull(modelVersions.signature)),
    )
    .orderBy(deployments.endpointId, modelVersions.version, desc(deployments.id))
    .as("newest");
  const place = sql<number>`row_number() over (partition by ${newest.endpointId} order by ${newest.id} desc)`;
  const { endpointId, versionId, providers, engine, engineSecret } = newest;
  return db
    .select({ endpointId, versionId, providers, engine, engineSecret, place: place.as("place") })
    .from(newest)
    .as("ranked");
}

/** A row of readRoutes, as far as it is about the version. */
interface VersionRow {
  providers: string[];
  engine: unknown;
  engineSecret: string | null;
  model: Omit<ServedModel, "artifactKey" | "sha256" | "sizeBytes" | "signature" | "pipeline"> & {
    artifactKey: string | null;
    sha256: string | null;
    sizeBytes: number | null;
    signature: unknown;
    pipeline: unknown;
    pipelineDigest: string | null;
  };
}

function deployedOf({ providers, engine, engineSecret, model: version }: VersionRow): DeployedModel {
  const { pipeline, pipelineDigest, ...model } = version;
  return {
    providers: providers as ExecutionProvider[],
    engine: engine ? { ...(engine as Engine), secret: engineSecret } : undefined,
    model: {
      ...model,
      artifactKey: model.artifactKey ?? "",
      sha256: model.sha256 ?? undefined,
      sizeBytes: model.sizeBytes ?? 0,
      signature: model.signature as Signature,
      pipeline: servedPipeline({ pipeline, pipelineDigest }),
    },
  };
}

interface Stored {
  execution?: unknown;
  protection?: unknown;
  cache?: unknown;
  capture?: unknown;
  kept?: DeployedModel[];
  trials?: DeployedModel[];
  isUnloaded?: boolean;
}

/** Settings as they are stored, or as an earlier release kept them on disk: what is not there has its default. */
export function completed({ execution, protection, cache, capture, kept, trials, isUnloaded }: Stored): Settings {
  return {
    ...{ execution: settingsOf(execution), protection: Protection.parse(protection ?? {}) },
    ...{ cache: CacheSettings.parse(cache ?? {}), kept: kept ?? [], trials: trials ?? [] },
    ...{ capture: CaptureRules.parse(capture ?? {}), isUnloaded: isUnloaded ?? false },
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
