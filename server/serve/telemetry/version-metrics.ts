import type { CountTally, TallyCounter } from "#server/base/metrics/tally-counter.ts";
import type { HistogramTally, TallyHistogram } from "#server/base/metrics/tally-histogram.ts";
import type { CascadeCounts } from "../cascade/contract.ts";
import type { Observation } from "./window-counts.ts";

/** `endpoint` is the model's name on the wire, `model` that of the registered model. */
export const versionLabelNames = ["workspace", "endpoint", "model", "version", "arm", "provider"] as const;
export type VersionLabels = Record<(typeof versionLabelNames)[number], string>;

/** Metrics that every request updates. */
export interface RequestMetrics {
  requests: TallyCounter;
  escalations: TallyCounter;
  shadowDrops: TallyCounter;
  violations: TallyCounter;
  shared: TallyCounter;
  hits: TallyCounter;
  misses: TallyCounter;
  duration: TallyHistogram;
  queue: TallyHistogram;
  compute: TallyHistogram;
}

interface Circumstances {
  /** Reason why the request failed, in one word; empty for success. */
  reason: string;
  /** Whether the endpoint caches predictions. */
  looksUp: boolean;
  /** Id of its trace, if it is recorded. */
  traceId: string | undefined;
}

/** Counts of a cascade that say how a model ran, and not what became of the request. */
const runCounts: readonly string[] = ["runs", "computeMs", "escalatedRuns"];

/** The requests of one version of one endpoint, for Prometheus. Retained while the version serves, since creating one is slow. */
export class VersionMetrics {
  private readonly metrics: RequestMetrics;
  private readonly labels: VersionLabels;
  private readonly answered: CountTally;
  private readonly hits: CountTally;
  private readonly misses: CountTally;
  private readonly duration: HistogramTally;
  private readonly queue: HistogramTally;
  private readonly compute: HistogramTally;

  constructor(metrics: RequestMetrics, labels: VersionLabels) {
    this.metrics = metrics;
    this.labels = labels;
    this.answered = metrics.requests.of({ ...labels, code: 200, reason: "" });
    this.hits = metrics.hits.of(labels);
    this.misses = metrics.misses.of(labels);
    this.duration = metrics.duration.of(labels);
    this.queue = metrics.queue.of(labels);
    this.compute = metrics.compute.of(labels);
  }

  observe(observation: Observation, { reason, looksUp, traceId }: Circumstances): void {
    const { status, violations, sharedBy, cascade } = observation;
    if (cascade && !cascade.answered) {
      this.countEscalation(cascade);
      return;
    }
    if (violations && violations.length > 0) this.countViolations(violations);
    if (sharedBy) {
      this.metrics.shared.of({ ...this.labels, source: sharedBy }).count += 1;
      if (sharedBy === "cache") this.hits.count += 1;
      return;
    }
    this.duration.observe(observation.latencyMs / 1000, traceId);
    if (status !== 200) {
      this.metrics.requests.of({ ...this.labels, code: status, reason }).count += 1;
      return;
    }
    this.answered.count += 1;
    if (looksUp) this.misses.count += 1;
    this.queue.observe(observation.queueMs / 1000);
    this.compute.observe(observation.computeMs / 1000);
  }

  /** Counts a copy of a live request that did not run, or whose run is not usable. */
  dropShadow(reason: string): void {
    this.metrics.shadowDrops.of({ ...this.labels, reason }).count += 1;
  }

  private countEscalation(cascade: CascadeCounts): void {
    const reason = Object.keys(cascade).find((count) => !runCounts.includes(count)) ?? "";
    this.metrics.escalations.of({ ...this.labels, reason }).count += 1;
  }

  private countViolations(violations: readonly string[]): void {
    for (const violation of violations) {
      const [field, kind, outcome] = JSON.parse(violation) as [string, string, string];
      this.metrics.violations.of({ ...this.labels, field, kind, outcome }).count += 1;
    }
  }
}
