import type { GatewayMetrics } from "../telemetry/metrics.ts";
import type { VersionMetrics } from "../telemetry/version-metrics.ts";
import type { StatisticsBook, VersionStatistics } from "../telemetry/version-statistics.ts";
import type { CountKey } from "../windows/count-key.ts";
import { labelsOf } from "./labels.ts";
import type { LoadedModel } from "./loaded-versions.ts";
import { armOf } from "./rollout/arm-of.ts";
import type { Route } from "./routes.ts";

/** Counters of one version at one endpoint. */
interface Counters {
  key: CountKey;
  metrics: VersionMetrics;
  statistics: VersionStatistics;
}

/** Finds what a request counts in, once for each version behind an endpoint instead of once for each request. */
export class RequestCounters {
  private readonly metrics: GatewayMetrics;
  private readonly statistics: StatisticsBook;
  private readonly arm: "shadow" | "loadtest" | undefined;
  /** Counters by the route object: another route may have another name. */
  private readonly found = new WeakMap<Route, WeakMap<LoadedModel, Counters>>();

  /** @param arm of requests that no caller waits for; undefined if they count in their version's arm */
  constructor(metrics: GatewayMetrics, statistics: StatisticsBook, arm?: "shadow" | "loadtest") {
    this.arm = arm;
    this.metrics = metrics;
    this.statistics = statistics;
  }

  /** Returns the counters of a version. @param provider where the version runs, which may change when it is loaded again */
  of(route: Route, version: LoadedModel, provider: CountKey["provider"]): Counters {
    const known = this.found.get(route)?.get(version);
    if (known?.key.provider === provider) return known;
    const { workspaceId, endpointId } = route;
    const { versionId } = version.model;
    const labels = labelsOf(route, version, provider);
    const arm = this.arm === "shadow" ? this.arm : armOf(route, versionId);
    const counters = {
      key: { workspaceId, endpointId, versionId, arm, provider },
      metrics: this.metrics.of(this.arm ? { ...labels, arm: this.arm } : labels),
      statistics: this.statistics.of(version, endpointId),
    };
    const ofRoute = this.found.get(route) ?? new WeakMap<LoadedModel, Counters>();
    this.found.set(route, ofRoute.set(version, counters));
    return counters;
  }
}
