import type { Registry } from "prom-client";
import { TallyCounter } from "#server/base/metrics/tally-counter.ts";
import { TallyHistogram } from "#server/base/metrics/tally-histogram.ts";
import type { Labels } from "#server/base/metrics/tally-metric.ts";
import { engineGauges } from "./engine-gauges.ts";
import { RetiredVersions, versionKeyOf } from "./retired-versions.ts";
import { exposeVersions, type VersionGauges } from "./version-gauges.ts";
import { type RequestMetrics, type VersionLabels, VersionMetrics } from "./version-metrics.ts";

const latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The gateway's own numbers for Prometheus. */
export class GatewayMetrics {
  private readonly requestMetrics: RequestMetrics;
  private readonly retired = new RetiredVersions();

  /** @param loaded called on every scrape by Prometheus. */
  constructor(registry: Registry, loaded: () => VersionGauges[]) {
    this.requestMetrics = requestMetrics(registry);
    exposeVersions(registry, loaded);
    engineGauges(registry, loaded);
  }

  /** Returns the metrics that count requests of one version at one endpoint; callers should store them. */
  of(labels: VersionLabels): VersionMetrics {
    this.retired.see(labels);
    return new VersionMetrics(this.requestMetrics, labels);
  }

  /**
   * Leaves out what was counted for versions that left a while ago. To be called when all that was counted is stored.
   * @param loaded versions behind endpoints that are here now; of their labels, provider and arm do not matter
   */
  dropUnloaded(loaded: readonly VersionLabels[]): void {
    const retired = this.retired.sweep(loaded, Date.now());
    if (retired.size === 0) return;
    const isGone = (labels: Labels) => retired.has(versionKeyOf(labels));
    for (const metric of Object.values(this.requestMetrics)) metric.deleteExpired(isGone);
  }
}

function requestMetrics(registry: Registry): RequestMetrics {
  const times = (name: string, help: string) => new TallyHistogram({ name, help, buckets: latencyBuckets, registry });
  return {
    requests: new TallyCounter({
      name: "leeway_inference_requests_total",
      help: "Inference requests by HTTP status and failure reason.",
      registry,
    }),
    escalations: new TallyCounter({
      name: "leeway_cascade_escalations_total",
      help: "Requests escalated to the next cascade step, by reason.",
      registry,
    }),
    shadowDrops: new TallyCounter({
      name: "leeway_shadow_dropped_total",
      help: "Shadow requests that were not compared, by reason.",
      registry,
    }),
    violations: new TallyCounter({
      name: "leeway_input_violations_total",
      help: "Input contract violations by field, type and action.",
      registry,
    }),
    shared: new TallyCounter({
      name: "leeway_coalesced_responses_total",
      help: "Responses served without a model run: from the cache or by coalescing.",
      registry,
    }),
    hits: new TallyCounter({ name: "leeway_cache_hits_total", help: "Cache hits.", registry }),
    misses: new TallyCounter({
      name: "leeway_cache_misses_total",
      help: "Cache misses.",
      registry,
    }),
    duration: times("leeway_inference_duration_seconds", "Inference request duration."),
    queue: times("leeway_inference_queue_seconds", "Queue time of inference requests."),
    compute: times("leeway_inference_compute_seconds", "Model run time."),
  };
}
