import type { Counter } from "prom-client";
import type { CountTally, TallyCounter } from "#server/tally/tally-counter.ts";
import type { HistogramTally, TallyHistogram } from "#server/tally/tally-histogram.ts";
import type { Observation } from "./window-counts.ts";

export const versionLabelNames = ["workspace", "model", "version", "arm"] as const;
export type VersionLabels = Record<(typeof versionLabelNames)[number], string>;

/** What every request counts in. */
export interface RequestMetrics {
  requests: TallyCounter;
  violations: Counter;
  shared: TallyCounter;
  duration: TallyHistogram;
  queue: TallyHistogram;
  compute: TallyHistogram;
}

/** The requests of one version behind one endpoint, for Prometheus. Kept as long as the version answers, since making one is slow. */
export class VersionMetrics {
  private readonly metrics: RequestMetrics;
  private readonly labels: VersionLabels;
  private readonly answered: CountTally;
  private readonly duration: HistogramTally;
  private readonly queue: HistogramTally;
  private readonly compute: HistogramTally;

  constructor(metrics: RequestMetrics, labels: VersionLabels) {
    this.metrics = metrics;
    this.labels = labels;
    this.answered = metrics.requests.of({ ...labels, code: 200, reason: "" });
    this.duration = metrics.duration.of(labels);
    this.queue = metrics.queue.of(labels);
    this.compute = metrics.compute.of(labels);
  }

  /** @param reason why the request failed, in one word; empty for success */
  observe(observation: Observation, reason: string): void {
    const { status, violations, sharedBy } = observation;
    if (violations && violations.length > 0) this.countViolations(violations);
    if (sharedBy) {
      this.metrics.shared.of({ ...this.labels, source: sharedBy }).count += 1;
      return;
    }
    this.duration.observe(observation.latencyMs / 1000);
    if (status !== 200) {
      this.metrics.requests.of({ ...this.labels, code: status, reason }).count += 1;
      return;
    }
    this.answered.count += 1;
    this.queue.observe(observation.queueMs / 1000);
    this.compute.observe(observation.computeMs / 1000);
  }

  private countViolations(violations: readonly string[]): void {
    for (const violation of violations) {
      const [field, kind, outcome] = JSON.parse(violation) as [string, string, string];
      this.metrics.violations.inc({ ...this.labels, field, kind, outcome });
    }
  }
}
