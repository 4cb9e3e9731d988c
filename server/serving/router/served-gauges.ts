import type { AnswerStore } from "../cache/answer-store.ts";
import type { VersionGauges } from "../telemetry/metrics.ts";
import type { CountKey } from "../telemetry/window-counts.ts";
import { addressable } from "./addressed-version.ts";
import type { RoutingTable } from "./routing-table.ts";

/** What endpoints answer with now: counted as served also without requests. */
export function servedKeys(table: RoutingTable): CountKey[] {
  return table.all.flatMap(({ route: { workspaceId, endpointId }, serving }) =>
    serving ? [{ workspaceId, endpointId, versionId: serving.model.versionId, arm: "stable" as const }] : [],
  );
}

/** State of every version that is loaded, for Prometheus. */
export function servedGauges(table: RoutingTable, answers: AnswerStore): VersionGauges[] {
  return table.all.flatMap((endpoint) =>
    addressable(endpoint).flatMap((version) => {
      const { model, opened } = version;
      if (!opened) return [];
      const { queued, running, restarts, loadMs, engine } = opened.pool.state;
      const { workspaceSlug: workspace, name, endpointId } = endpoint.route;
      const labels = { workspace, model: name, version: String(model.version), arm: "stable" };
      // The endpoint's, told once: with the version that answers.
      const cacheBytes = version === endpoint.serving ? answers.bytesOf(endpointId) : 0;
      return [{ labels, pending: queued + running, restarts, loadMs, cacheBytes, engine }];
    }),
  );
}
