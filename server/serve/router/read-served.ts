import { and, eq, inArray, isNotNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { loadTests, modelVersions, registeredModels } from "#db/schema/index.ts";
import { pricesInForce } from "#server/serve/prices/prices-in-force.ts";
import { type ServedModel, servedColumns, servedModel } from "#server/serve/versions/served-model.ts";
import type { CountLimits } from "../telemetry/limits.ts";
import type { DeployedModel } from "../versions/served-model.ts";
import { readRollouts, servedRollout } from "./read-rollouts.ts";
import { type Route, readRoutes } from "./routes.ts";
import { readCascades, servedCascade } from "./served-cascade.ts";

/**
 * Reads routes with the versions loaded besides the deployed ones: those of load tests, cascades and rollouts; the limits of SLOs, and
 * prices. All from one snapshot: a promotion changes the deployment and the rollout's state together. For gateways.
 */
export function readServed(db: Database): Promise<Route[]> {
  const mode = { isolationLevel: "repeatable read", accessMode: "read only" } as const;
  return db.transaction(readAll, mode);
}

async function readAll(db: Database): Promise<Route[]> {
  const trials = await readTrials(db);
  const rollouts = await readRollouts(db);
  const limits = await readLimits(db);
  const cascades = await readCascades(db);
  const prices = await pricesInForce(db);
  return (await readRoutes(db)).map((route) => ({
    ...route,
    limits: limits.get(route.endpointId),
    prices: prices.get(route.workspaceId),
    cascade: servedCascade(route, cascades),
    rollout: servedRollout(route, rollouts),
    trials: (trials.get(route.endpointId) ?? []).map((model) =>
      // The serving version is tested where it serves.
      model.versionId === route.model.versionId ? deployedOf(route) : { model, providers: route.providers },
    ),
  }));
}

function deployedOf({ model, providers, engine }: Route): DeployedModel {
  return { model, providers, engine };
}

/** Reads the limits at which gateways count for the SLOs of each endpoint. For gateways. */
async function readLimits(db: Database): Promise<Map<string, CountLimits>> {
  const { rows } = await db.execute<{ endpointId: string; latencyMs: number | null; featureAgeMs: number | null }>(sql`
    select distinct endpoint_id as "endpointId", (indicator->>'withinMs')::float8 as "latencyMs",
      (indicator->>'maxAgeMs')::float8 as "featureAgeMs"
    from sli_series
    where indicator->>'kind' in ('latency', 'freshness')
      and exists (select from slos where series_id = sli_series.id and archived_at is null)
    order by 1, 2, 3`);
  const limits = new Map<string, CountLimits>();
  for (const { endpointId, latencyMs, featureAgeMs } of rows) {
    const known = limits.get(endpointId) ?? { latencyMs: [], featureAgeMs: [] };
    limits.set(endpointId, known);
    if (latencyMs !== null) known.latencyMs.push(latencyMs);
    if (featureAgeMs !== null) known.featureAgeMs.push(featureAgeMs);
  }
  return limits;
}

/** Reads versions loaded for an ongoing load test, by the endpoint it uses. */
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
