import type { Database } from "#db/client.ts";
import { type Route, readRoutes } from "./routes.ts";
import { readCascades, servedCascade } from "./served-cascade.ts";
import type { DeployedModel } from "./served-model.ts";
import { readTrials } from "./trials.ts";

/** Routes with what is loaded beside the versions that are deployed: those of load tests and of cascades. Asked by gateways. */
export async function readServed(db: Database): Promise<Route[]> {
  const trials = await readTrials(db);
  const cascades = await readCascades(db);
  return (await readRoutes(db)).map((route) => ({
    ...route,
    cascade: servedCascade(route, cascades),
    trials: (trials.get(route.endpointId) ?? []).map((model) =>
      // The one that serves is tested where it serves.
      model.versionId === route.model.versionId ? deployedOf(route) : { model, providers: route.providers },
    ),
  }));
}

function deployedOf({ model, providers, engine }: Route): DeployedModel {
  return { model, providers, engine };
}
