import { and, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { endpoints, modelVersions, registeredModels } from "#db/schema/index.ts";
import { type EscalationRules, StoredCascade } from "../cascade/contract.ts";
import { signatureDifferences } from "../cascade/signature-differences.ts";
import type { DeployedEngine } from "../engines/engine-client.ts";
import { knownEngines } from "../engines/known-engines.ts";
import { type DeployedModel, type ServedModel, servedModel } from "../versions/served-model.ts";
import type { Route } from "./routes.ts";

/** A cascade as a gateway runs it, after the version that is deployed. */
export interface ServedCascade {
  /** Rules of the deployed version. */
  rules: EscalationRules;
  /** Further steps, at least one; the rules of the last one have no effect. */
  next: (DeployedModel & { rules: EscalationRules })[];
  comparedShare: number;
}

interface Read {
  cascades: Map<string, StoredCascade>;
  /** Versions by id and workspace. */
  versions: Map<string, StepModel>;
}

/** A version without a file runs on the engine that it was deployed to last. */
interface StepModel {
  model: ServedModel;
  engine: DeployedEngine | undefined;
}

/** Reads the cascades of all endpoints with the versions of their steps. For gateways, not on behalf of a caller. */
export async function readCascades(db: Database): Promise<Read> {
  const rows = await db
    .select({ id: endpoints.id, cascade: endpoints.cascade })
    .from(endpoints)
    .where(and(isNull(endpoints.archivedAt), sql`jsonb_array_length(${endpoints.cascade} -> 'next') > 0`));
  const cascades = new Map(rows.map(({ id, cascade }) => [id, StoredCascade.parse(cascade)]));
  const ids = [...cascades.values()].flatMap(({ next }) => next.map(({ versionId }) => versionId));
  return { cascades, versions: ids.length > 0 ? await readVersions(db, [...new Set(ids)]) : new Map() };
}

/**
 * Returns the cascade of a route: its steps up to the first one that is gone or cannot take the requests of the version that is
 * deployed now; undefined when none is left.
 */
export function servedCascade(route: Route, { cascades, versions }: Read): ServedCascade | undefined {
  const cascade = cascades.get(route.endpointId);
  if (!cascade) return undefined;
  const next: ServedCascade["next"] = [];
  for (const { versionId, rules } of cascade.next) {
    const step = versions.get(`${route.workspaceId} ${versionId}`);
    if (!step || signatureDifferences(route.model, step.model).length > 0) break;
    next.push({ ...step, providers: route.engine || step.engine ? [] : route.providers, rules });
  }
  return next.length > 0 ? { rules: cascade.rules, next, comparedShare: cascade.comparedShare } : undefined;
}

async function readVersions(db: Database, ids: string[]): Promise<Map<string, StepModel>> {
  const engines = await knownEngines(db, and(inArray(modelVersions.id, ids), isNull(modelVersions.artifactKey)));
  const rows = await db
    .select({ version: modelVersions, modelName: registeredModels.name })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(inArray(modelVersions.id, ids), isNotNull(modelVersions.signature)));
  const runnable = rows.filter(({ version }) => version.artifactKey !== null || engines.has(version.id));
  return new Map(
    runnable.map(({ modelName, version }) => [
      `${version.workspaceId} ${version.id}`,
      { model: servedModel({ ...version, modelName }), engine: engines.get(version.id) },
    ]),
  );
}
