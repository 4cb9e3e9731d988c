import { AggregatorRegistry, register } from "prom-client";
import type { Metrics } from "./metrics-text.ts";

interface Question {
  kind: "metrics-wanted";
  id: number;
  from: number;
}
interface SiblingMetrics {
  kind: "metrics-given";
  id: number;
  metrics: Metrics;
}

/**
 * Timeout for another process, in milliseconds. One that exceeds it is starting or stopping; its counts are included again at the next
 * scrape.
 */
const timeoutMs = 500;

/** Returns the metrics of this process alone. */
export async function ownMetrics(): Promise<Metrics> {
  return (await register.getMetricsAsJSON()) as Metrics;
}

/**
 * Returns a function that reads the metrics of all processes that share a port. Prometheus reaches one of them, and each reports for
 * all: sums, and for gauges declared so, the maximum or the mean. The supervisor forwards the messages (supervise-group.ts).
 * @param siblings number of other processes
 */
export function metricsOfAll(siblings: number): () => Promise<Metrics> {
  const waiting = new Map<number, (metrics: Metrics) => void>();
  let lastId = 0;
  process.on("message", async (message: Question | SiblingMetrics | string) => {
    if (typeof message === "string") return;
    if (message.kind === "metrics-given") waiting.get(message.id)?.(message.metrics);
    if (message.kind !== "metrics-wanted") return;
    const { from: to, id } = message;
    process.send?.({ kind: "metrics-given", to, id, metrics: await ownMetrics() });
  });
  return async () => {
    lastId += 1;
    const id = lastId;
    const others: Metrics[] = [];
    const all = Promise.withResolvers<void>();
    waiting.set(id, (metrics) => {
      others.push(metrics);
      if (others.length === siblings) all.resolve();
    });
    const timer = setTimeout(all.resolve, timeoutMs);
    process.send?.({ kind: "metrics-wanted", to: "others", id });
    const own = await ownMetrics();
    await all.promise;
    clearTimeout(timer);
    waiting.delete(id);
    return aggregated([own, ...others]);
  };
}

/** Aggregates the metrics of several processes. Exemplars come from any of them. */
export async function aggregated(all: Metrics[]): Promise<Metrics> {
  const merged = (await AggregatorRegistry.aggregate(all).getMetricsAsJSON()) as Metrics;
  const lines = all.flat().flatMap(({ values }) => values);
  const exemplars = new Map(lines.flatMap((line) => (line.exemplar ? [[lineId(line), line.exemplar]] : [])));
  if (exemplars.size === 0) return merged;
  return merged.map((metric) => ({
    ...metric,
    values: metric.values.map((line) => {
      const exemplar = exemplars.get(lineId(line));
      return exemplar ? { ...line, exemplar } : line;
    }),
  }));
}

function lineId({ metricName, labels }: Metrics[number]["values"][number]): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${metricName} ${JSON.stringify(sorted)}`;
}
