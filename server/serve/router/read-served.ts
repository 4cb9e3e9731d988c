import type { Database } from "#db/client.ts";
import { pricesInForce } from "#server/serve/prices/prices-in-force.ts";
import type { DeployedModel } from "../versions/served-model.ts";
import { readLimits } from "./read-limits.ts";
import { readRollouts, servedRollout } from "./read-rollouts.ts";
import { type Route, readRoutes } from "./routes.ts";
import { readCascades, servedCascade } from "./served-cascade.ts";
import { readTrials } from "./trials.ts";

/**
 * Routes with what is loaded beside the versions that are deployed: those of load tests, of cascades and of rollouts; what SLOs ask to
 * count, and what things cost. All as of one
 * moment: a promotion changes what is deployed and where its rollout stands at once. Asked by gateways.
 */
export function readServed(db: Database): Promise<Route[]> {
  const mode = { isolationLevel: "repeatable read", accessMode: "read only" } as const;
  return db.transaction((tx) => readAll(tx as unknown as Database), mode);
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
      // The one that serves is tested where it serves.
      model.versionId === route.model.versionId ? deployedOf(route) : { model, providers: route.providers },
    ),
  }));
}

function deployedOf({ model, providers, engine }: Route): DeployedModel {
  return { model, providers, engine };
}
