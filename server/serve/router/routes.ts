import { and, desc, eq, isNotNull, isNull, or, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { deployments, endpoints, modelVersions, registeredModels, workspaces } from "#db/schema/index.ts";
import type { PriceInForce } from "#server/serve/prices/contract.ts";
import type { ExecutionProvider, ExecutionSettings } from "../../develop/registry/execution/contract.ts";
import { CacheSettings } from "../cache/contract.ts";
import { CaptureRules } from "../capture/contract.ts";
import { deployedEngine } from "../engines/deployed-engine.ts";
import type { DeployedEngine } from "../engines/engine-client.ts";
import { settingsOf } from "../execution/settings-of.ts";
import { Protection } from "../protection/contract.ts";
import type { ServedRollout } from "../rollout/served-rollout.ts";
import type { CountLimits } from "../telemetry/limits.ts";
import { type DeployedModel, type ServedRow, servedColumns, servedModel } from "../versions/served-model.ts";
import type { ServedCascade } from "./served-cascade.ts";

/** Route of an endpoint: the version deployed last, and those that stay loaded besides it. */
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
  /** Loaded for load tests and reachable only by their requests. */
  trials: DeployedModel[];
  /** Latency and age limits to count; undefined if no SLO needs one. */
  limits?: CountLimits | undefined;
  /** Cascade of the endpoint; undefined if its version responds without one. */
  cascade?: ServedCascade | undefined;
  /** Undefined where no version is being rolled out. */
  rollout?: ServedRollout | undefined;
  /** Prices in effect in its workspace; requests are priced by them. */
  prices?: PriceInForce[] | undefined;
  /** Whether it was unloaded by request. */
  isUnloaded: boolean;
}

/** Settings of an endpoint that gateways need. */
type Settings = Pick<Route, "execution" | "protection" | "cache" | "capture" | "kept" | "trials" | "isUnloaded">;

type StoredEngineField = "deploymentId" | "engine" | "engineSecret";

/** Reads every endpoint of every workspace that is not archived and has a deployment. For gateways, not on behalf of a caller. */
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
      providers: ranked.providers,
      deploymentId: ranked.deploymentId,
      engine: ranked.engine,
      engineSecret: ranked.engineSecret,
      model: servedColumns,
    })
    .from(ranked)
    .innerJoin(endpoints, eq(endpoints.id, ranked.endpointId))
    .innerJoin(workspaces, eq(workspaces.id, endpoints.workspaceId))
    .innerJoin(modelVersions, eq(modelVersions.id, ranked.versionId))
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(sql`${ranked.place} <= 1 + ${endpoints.previousVersionsLoaded}`)
    .orderBy(ranked.endpointId, ranked.place);
  const opened: (Omit<(typeof rows)[number], StoredEngineField> & { engine: DeployedEngine | undefined })[] = [];
  for (const { deploymentId, engine, engineSecret, ...row } of rows) {
    opened.push({ ...row, engine: await deployedEngine(db, { deploymentId, engine, engineSecret }) });
  }
  const byEndpoint = Map.groupBy(opened, (row) => row.endpointId);
  return [...byEndpoint.values()].map(([first, ...others]) => {
    const { execution, protection, cache, capture, unloadedAt, ...row } = first as (typeof opened)[number];
    return {
      ...row,
      ...deployedOf(row),
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

/** Selects the newest deployment of each version number of an endpoint, the newest of all ranked first. */
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
  const rank = sql<number>`row_number() over (partition by ${newest.endpointId} order by ${newest.id} desc)`;
  const { id: deploymentId, endpointId, versionId, providers, engine, engineSecret } = newest;
  return db
    .select({ deploymentId, endpointId, versionId, providers, engine, engineSecret, place: rank.as("place") })
    .from(newest)
    .as("ranked");
}

type VersionRow = { providers: string[]; engine: DeployedEngine | undefined; model: ServedRow };

function deployedOf({ providers, engine, model }: VersionRow): DeployedModel {
  return {
    providers: providers as ExecutionProvider[],
    engine,
    model: servedModel(model),
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

/** Completes settings from the database, or stored on disk by an earlier release: missing ones get their defaults. */
export function completed({ execution, protection, cache, capture, kept, trials, isUnloaded }: Stored): Settings {
  return {
    execution: settingsOf(execution),
    protection: Protection.parse(protection ?? {}),
    cache: CacheSettings.parse(withNewNames(cache)),
    kept: kept ?? [],
    trials: trials ?? [],
    capture: CaptureRules.parse(withNewNames(capture)),
    isUnloaded: isUnloaded ?? false,
  };
}

/** What a gateway kept on disk before the first release has the former names of these settings; this can go with the release after it. */
function withNewNames(settings: unknown): object {
  const { mostBytes, keepDays, ...rest } = (settings ?? {}) as Record<string, unknown>;
  return {
    ...(mostBytes !== undefined && { maxBytes: mostBytes }),
    ...(keepDays !== undefined && { retentionDays: keepDays }),
    ...rest,
  };
}
