import type { FastifyInstance } from "fastify";
import { type AddressedVersion, addressable } from "#server/serve/router/addressed-version.ts";
import type { GatewayCore } from "#server/serve/router/gateway-core.ts";
import { modelConfig } from "#server/serve/router/model-config.ts";
import { modelStatistics } from "#server/serve/router/model-statistics.ts";
import { callerOf } from "./caller.ts";
import { type ModelAddress, modelPaths } from "./model-routes.ts";
import { only } from "./only.ts";

/** Serves models' configuration and their statistics since loading: docs/spec/open-inference-protocol.md sections 13.2 and 13.3. */
export function statisticsRoutes(app: FastifyInstance, core: GatewayCore): void {
  only(app, { method: "GET", url: "/models/stats" }, (request) =>
    statistics(core.endpoints(callerOf(request)).served.flatMap(everyVersion)),
  );
  for (const path of modelPaths) {
    only(app, { method: "GET", url: `${path}/stats` }, (request) => {
      const { model, version } = request.params as ModelAddress;
      const addressed = core.version(callerOf(request), model, version);
      return statistics(version === undefined ? everyVersion(addressed.endpoint) : [addressed]);
    });
    only(app, { method: "GET", url: `${path}/config` }, (request) => {
      const { model, version: number } = request.params as ModelAddress;
      const { endpoint, version } = core.version(callerOf(request), model, number);
      return modelConfig({
        name: endpoint.route.name,
        versions: addressable(endpoint).map(({ model }) => model.version),
        signature: version.model.signature,
        execution: endpoint.route.execution,
        isCached: endpoint.route.cache.ttlSeconds !== null,
        opened: version.opened,
      });
    });
  }

  function statistics(versions: AddressedVersion[]): object {
    return {
      model_stats: versions.map(({ endpoint: { route }, version }) => {
        const counts = core.statistics.of(version, route.endpointId);
        return modelStatistics(route.name, version.model.version, counts, version.opened?.pool.state.counts);
      }),
    };
  }
}

function everyVersion(endpoint: AddressedVersion["endpoint"]): AddressedVersion[] {
  return addressable(endpoint).map((version) => ({ endpoint, version }));
}
