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
  /** How the numbers of several processes become one; the sum unless told otherwise. */
  aggregator?: "sum" | "max";
  /** Asked whenever Prometheus reads. */
  samples(): Sample[];
}

/** Shows numbers to Prometheus that are kept elsewhere. */
export function expose(registry: Registry, { name, help, type, aggregator = "sum", samples }: Family): void {
  // What the registry calls is get().
  const metric = { name, get: async () => ({ name, help, type, aggregator, values: samples() }) };
  registry.registerMetric(metric as unknown as Metric);
}
