import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue, register } from "prom-client";

type Metrics = MetricObjectWithValues<MetricValue<string>>[];
interface Question {
  kind: "metrics-wanted";
  id: number;
  from: number;
}
interface Answer {
  kind: "metrics-given";
  id: number;
  metrics: Metrics;
}

/** A process that does not answer within this is starting or stopping; what it counted is back at the next reading. */
const patienceMs = 500;

/**
 * Prometheus reaches one of the processes that share a port, and any of them answers for all: sums, and for the gauges that say so
 * the largest or the mean. The supervisor passes the questions on (supervise-group.ts).
 * @param siblings how many other processes there are
 */
export function metricsOfAll(siblings: number): () => Promise<string> {
  const waiting = new Map<number, (metrics: Metrics) => void>();
  let lastId = 0;
  process.on("message", async (message: Question | Answer | string) => {
    if (typeof message === "string") return;
    if (message.kind === "metrics-given") waiting.get(message.id)?.(message.metrics);
    if (message.kind !== "metrics-wanted") return;
    const { from: to, id } = message;
    process.send?.({ kind: "metrics-given", to, id, metrics: await register.getMetricsAsJSON() });
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
    const timer = setTimeout(all.resolve, patienceMs);
    process.send?.({ kind: "metrics-wanted", to: "others", id });
    const own = (await register.getMetricsAsJSON()) as Metrics;
    await all.promise;
    clearTimeout(timer);
    waiting.delete(id);
    return AggregatorRegistry.aggregate([own, ...others]).metrics();
  };
}
