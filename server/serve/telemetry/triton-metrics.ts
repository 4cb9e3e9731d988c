import { cpus, freemem, totalmem } from "node:os";
import type { Registry } from "prom-client";
import { expose, type Sample } from "#server/base/metrics/expose.ts";
import type { TimeSum, VersionStatistics } from "./version-statistics.ts";

/** A loaded version as Triton's metrics tell it. */
export interface TritonVersion {
  /** Triton has `namespace` when models of several are served; ours is the workspace. `model` is the endpoint's name on the wire. */
  labels: { namespace: string; model: string; version: string };
  statistics: VersionStatistics;
  executions: number;
  /** Requests that were accepted but do not run yet. */
  queued: number;
}

/** Triton's word for each of ours; what is not here is OTHER. */
const reasonOf: Record<string, string> = {
  unavailable: "REJECTED",
  "rate-limited": "REJECTED",
  deadline: "REJECTED",
  canceled: "CANCELED",
  model: "BACKEND",
  worker: "BACKEND",
};
const reasons = ["REJECTED", "CANCELED", "BACKEND", "OTHER"];

/**
 * Exposes Triton's metrics (https://github.com/triton-inference-server/server/blob/main/docs/user_guide/metrics.md), for dashboards
 * made for it. Times are sums of microseconds. Counters start when a version is loaded.
 */
export function exposeTritonMetrics(registry: Registry, loaded: () => TritonVersion[]): void {
  const family = (type: "counter" | "gauge", name: string, help: string, read: (version: TritonVersion) => Sample[]) =>
    expose(registry, { name: `nv_${name}`, help, type, samples: () => loaded().flatMap(read) });
  const number = (type: "counter" | "gauge", name: string, help: string, read: (version: TritonVersion) => number) =>
    family(type, name, help, (version) => [{ labels: version.labels, value: read(version) }]);
  const time = (name: string, help: string, read: (statistics: VersionStatistics) => TimeSum[]) =>
    number("counter", name, help, ({ statistics }) =>
      Math.round(read(statistics).reduce((sum, { ms }) => sum + ms * 1000, 0)),
    );
  number("counter", "inference_request_success", "Successful requests.", ({ statistics }) => statistics.success.count);
  family("counter", "inference_request_failure", "Failed requests by reason.", ({ labels, statistics }) => {
    const counts = new Map(reasons.map((reason) => [reason, 0]));
    for (const [own, count] of statistics.failuresBy) {
      const reason = reasonOf[own] ?? "OTHER";
      counts.set(reason, (counts.get(reason) ?? 0) + count);
    }
    return [...counts].map(([reason, value]) => ({ labels: { ...labels, reason }, value }));
  });
  number("counter", "inference_count", "Inferred rows.", ({ statistics }) => statistics.inferences);
  number("counter", "inference_exec_count", "Model executions; batched requests share one.", (one) => one.executions);
  number("gauge", "inference_pending_request_count", "Pending requests.", ({ queued }) => queued);
  time("inference_request_duration_us", "End-to-end request duration.", ({ success, fail }) => [success, fail]);
  time("inference_queue_duration_us", "Queue time.", ({ queue }) => [queue]);
  time("inference_compute_input_duration_us", "Input assembly time.", ({ computeInput }) => [computeInput]);
  time("inference_compute_infer_duration_us", "Model run time.", ({ computeInfer }) => [computeInfer]);
  time("inference_compute_output_duration_us", "Output extraction time.", ({ computeOutput }) => [computeOutput]);
  number("counter", "cache_num_hits_per_model", "Cache hits.", ({ statistics }) => statistics.cacheHit.count);
  number("counter", "cache_num_misses_per_model", "Cache misses.", ({ statistics }) => {
    return statistics.cacheMiss.count;
  });
  time("cache_hit_duration_per_model", "Cache hit latency.", ({ cacheHit }) => [cacheHit]);
  time("cache_miss_duration_per_model", "Cache miss latency.", ({ cacheMiss }) => [cacheMiss]);
  exposeHost(registry);
}

function exposeHost(registry: Registry): void {
  let before = processorTimes();
  const gauge = (name: string, help: string, read: () => number) =>
    // The values are the machine's; all processes that share a port see the same.
    expose(registry, { name, help, type: "gauge", aggregator: "max", samples: () => [{ labels: {}, value: read() }] });
  gauge("nv_cpu_utilization", "CPU utilization since the last reading.", () => {
    const now = processorTimes();
    const total = now.total - before.total;
    const share = total > 0 ? (now.busy - before.busy) / total : 0;
    before = now;
    return share;
  });
  gauge("nv_cpu_memory_total_bytes", "Total memory of the machine.", totalmem);
  gauge("nv_cpu_memory_used_bytes", "Used memory of the machine.", () => totalmem() - freemem());
}

function processorTimes(): { busy: number; total: number } {
  const sum = { busy: 0, total: 0 };
  for (const { times } of cpus()) {
    const total = Object.values(times).reduce((all, one) => all + one, 0);
    sum.total += total;
    sum.busy += total - times.idle;
  }
  return sum;
}
