import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Observation } from "./window-counts.ts";

const latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const labelNames = ["workspace", "model", "version", "arm"] as const;
export type VersionLabels = Record<(typeof labelNames)[number], string>;

/** What a loaded version tells when it is asked. */
export interface VersionGauges {
  labels: VersionLabels;
  pending: number;
  restarts: number;
  loadMs: number;
  /** Outputs kept in the cache of the endpoint. */
  cacheBytes: number;
}

/** The gateway's own numbers for Prometheus; `model` is the name of the endpoint, as on the wire. */
export class GatewayMetrics {
  private readonly requests: Counter;
  private readonly violations: Counter;
  private readonly shared: Counter;
  private readonly duration: Histogram;
  private readonly queue: Histogram;
  private readonly compute: Histogram;
  private readonly timer: NodeJS.Timeout;

  /** @param loaded asked whenever Prometheus reads. */
  constructor(registry: Registry, loaded: () => VersionGauges[]) {
    const registers = [registry];
    const times = (name: string, help: string) =>
      new Histogram({ name, help, labelNames, buckets: latencyBuckets, registers });
    this.requests = new Counter({
      name: "leeway_inference_requests_total",
      help: "Inference requests by HTTP status and, where it failed, by reason.",
      labelNames: [...labelNames, "code", "reason"],
      registers,
    });
    this.violations = new Counter({
      name: "leeway_input_violations_total",
      help: "Requests that broke the input contract of an endpoint, by field, kind and what was done.",
      labelNames: [...labelNames, "field", "kind", "outcome"],
      registers,
    });
    this.shared = new Counter({
      name: "leeway_shared_answers_total",
      help: "Requests answered without a run of the model: from the cache, or by the run of an identical request.",
      labelNames: [...labelNames, "source"],
      registers,
    });
    this.duration = times("leeway_inference_duration_seconds", "Time from the read request to the written answer.");
    this.queue = times("leeway_inference_queue_seconds", "Time that requests waited for a free worker.");
    this.compute = times("leeway_inference_compute_seconds", "Time that models ran.");
    new Gauge({
      name: "leeway_inference_pending_requests",
      help: "Requests that wait or run.",
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const { labels, pending } of loaded()) this.set(labels, pending);
      },
    });
    new Gauge({
      name: "leeway_cache_bytes",
      help: "Bytes of answers that are kept to be given again.",
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const { labels, cacheBytes } of loaded()) this.set(labels, cacheBytes);
      },
    });
    new Counter({
      name: "leeway_worker_restarts_total",
      help: "Worker threads that died and were replaced, since the version was loaded.",
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const { labels, restarts } of loaded()) this.inc(labels, restarts);
      },
    });
    new Gauge({
      name: "leeway_model_load_seconds",
      help: "Time that the slowest worker took to load the version.",
      labelNames,
      aggregator: "max",
      registers,
      collect() {
        this.reset();
        for (const { labels, loadMs } of loaded()) this.set(labels, loadMs / 1000);
      },
    });
    this.timer = watchEventLoop(registry);
  }

  observe(labels: VersionLabels, observation: Observation, reason: string): void {
    for (const violation of observation.violations ?? []) {
      const [field, kind, outcome] = JSON.parse(violation) as [string, string, string];
      this.violations.inc({ ...labels, field, kind, outcome });
    }
    if (observation.sharedBy) {
      this.shared.inc({ ...labels, source: observation.sharedBy });
      return;
    }
    this.requests.inc({ ...labels, code: observation.status, reason });
    this.duration.observe(labels, observation.latencyMs / 1000);
    if (observation.status !== 200) return;
    this.queue.observe(labels, observation.queueMs / 1000);
    this.compute.observe(labels, observation.computeMs / 1000);
  }

  close(): void {
    clearInterval(this.timer);
  }
}

/** Measures how late a timer fires: the time that the loop was busy with something else. */
function watchEventLoop(registry: Registry): NodeJS.Timeout {
  const everyMs = 20;
  const delay = new Histogram({
    name: "leeway_event_loop_delay_seconds",
    help: "How late timers fire on the thread that answers requests.",
    buckets: [0.001, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    registers: [registry],
  });
  let dueAt = performance.now() + everyMs;
  const timer = setInterval(() => {
    const now = performance.now();
    delay.observe(Math.max(0, now - dueAt) / 1000);
    dueAt = now + everyMs;
  }, everyMs);
  return timer.unref();
}
