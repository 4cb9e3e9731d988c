import type { VersionLabels } from "../telemetry/version-metrics.ts";
import type { CountKey } from "../windows/count-key.ts";
import type { LoadedModel } from "./loaded-versions.ts";
import { armOf } from "./rollout/arm-of.ts";
import type { Route } from "./routes.ts";

/** Returns the Prometheus labels that identify requests of a version at an endpoint. */
export function labelsOf(route: Route, { model }: LoadedModel, provider: CountKey["provider"]): VersionLabels {
  return {
    workspace: route.workspaceSlug,
    endpoint: route.name,
    model: model.modelName,
    version: String(model.version),
    arm: armOf(route, model.versionId),
    provider,
  };
}
