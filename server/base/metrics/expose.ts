import type { Metric, Registry } from "prom-client";

/** One line of what Prometheus reads. */
export interface Sample {
  labels: Readonly<Record<string, string | number>>;
  value: number;
  /** Name of the line where it is not that of its family: "…_bucket". */
  metricName?: string;
}

interface Family {
  name: string;
  help: string;
  type: "counter" | "gauge" | "histogram";
  /** Aggregation of the numbers of several processes into one; the sum by default. */
  aggregator?: "sum" | "max";
  /** Called on every scrape by Prometheus. */
  samples(): Sample[];
}

/** Exposes numbers that are stored elsewhere to Prometheus. */
export function expose(registry: Registry, { name, help, type, aggregator = "sum", samples }: Family): void {
  // The registry calls get().
  const metric = { name, get: async () => ({ name, help, type, aggregator, values: samples() }) };
  registry.registerMetric(metric as unknown as Metric);
}
