import type { PredictionCache } from "../cache/prediction-cache.ts";
import type { TritonVersion } from "../telemetry/triton-metrics.ts";
import type { VersionGauges } from "../telemetry/version-gauges.ts";
import type { VersionLabels } from "../telemetry/version-metrics.ts";
import type { StatisticsBook } from "../telemetry/version-statistics.ts";
import type { CountKey } from "../windows/count-key.ts";
import { addressable } from "./addressed-version.ts";
import { labelsOf } from "./labels.ts";
import type { LoadedModel } from "./loaded-versions.ts";
import { armOf } from "./rollout/arm-of.ts";
import type { Route } from "./routes.ts";
import { type RoutingTable, type ServedEndpoint, versionsOf } from "./routing-table.ts";

/** Returns the keys of the serving versions: counted as serving also without requests. */
export function servedKeys(table: RoutingTable): CountKey[] {
  return table.all.flatMap(({ route, serving, other }) => {
    const { workspaceId, endpointId } = route;
    // Includes the other version of a rollout if it takes a share of the traffic: at 0% and at 100% one of both serves nothing.
    const shares = route.rollout?.phase === "stepping" && route.rollout.weight > 0 ? other : undefined;
    const serve = [serving, shares].filter((version) => version !== undefined);
    return serve.map((version) => ({ workspaceId, endpointId, ...countedAs(route, version) }));
  });
}

/** Returns the key that distinguishes requests of a version from those of others at the same endpoint. */
function countedAs(route: Route, { model, opened }: LoadedModel): Pick<CountKey, "versionId" | "arm" | "provider"> {
  const { versionId } = model;
  return { versionId, arm: armOf(route, versionId), provider: opened?.provider ?? "none" };
}

/** Lists every version of every endpoint, loaded or not, with the labels under which its requests are counted. */
export function versionLabels(table: RoutingTable): VersionLabels[] {
  return table.all.flatMap((endpoint) =>
    versionsOf(endpoint).map((version) => labelsOf(endpoint.route, version, version.opened?.provider ?? "none")),
  );
}

/** Lists the versions that serve clients: those with an address, and the further steps of a cascade. */
function answering(endpoint: ServedEndpoint): LoadedModel[] {
  const own = addressable(endpoint);
  const isNew = ({ model }: LoadedModel) => own.every((version) => version.model.versionId !== model.versionId);
  return [...own, ...(endpoint.next ?? []).filter(isNew)];
}

/** Returns the state of every loaded version, for Prometheus. */
export function servedGauges(table: RoutingTable, cache: PredictionCache): VersionGauges[] {
  return table.all.flatMap((endpoint) =>
    answering(endpoint).flatMap((version) => {
      const { opened } = version;
      if (!opened) return [];
      const { queued, running, counts, ...state } = opened.pool.state;
      const labels = labelsOf(endpoint.route, version, opened.provider);
      // The endpoint's cache is reported once: with the serving version.
      const cacheBytes = version === endpoint.serving ? cache.bytesOf(endpoint.route.endpointId) : 0;
      return [{ ...state, labels, pending: queued + running, batchRows: counts.rows, cacheBytes }];
    }),
  );
}

/**
 * Returns the loaded versions for Triton's metrics. Steps of a cascade have numbers of other models, so their name is "endpoint/model".
 */
export function tritonVersions(table: RoutingTable, statistics: StatisticsBook): TritonVersion[] {
  return table.all.flatMap((endpoint) =>
    answering(endpoint).flatMap((version) => {
      if (!version.opened) return [];
      const { workspaceSlug: namespace, name, endpointId } = endpoint.route;
      const { queued, counts } = version.opened.pool.state;
      const isStep = !addressable(endpoint).includes(version);
      const model = isStep ? `${name}/${version.model.modelName}` : name;
      return {
        labels: { namespace, model, version: String(version.model.version) },
        statistics: statistics.of(version, endpointId),
        executions: counts.executions,
        queued,
      };
    }),
  );
}
