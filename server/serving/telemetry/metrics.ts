import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { TallyCounter } from "#server/tally/tally-counter.ts";
import { TallyHistogram } from "#server/tally/tally-histogram.ts";
import type { EngineState } from "../engines/contract.ts";
import { engineGauges } from "./engine-gauges.ts";
import {
  versionLabelNames as labelNames,
  type RequestMetrics,
  type VersionLabels,
  VersionMetrics,
} from "./version-metrics.ts";

const latencyBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What a loaded version tells when it is asked. */
export interface VersionGauges {
  labels: VersionLabels;
  pending: number;
  restarts: number;
  loadMs: number;
  /** Outputs kept in the cache of the endpoint. */
  cacheBytes: number;
  engine?: EngineState | undefined;
}

/** The gateway's own numbers for Prometheus; `model` is the name of the endpoint, as on the wire. */
export class GatewayMetrics {
  private readonly requestMetrics: RequestMetrics;
  private readonly timer: NodeJS.Timeout;

  /** @param loaded asked whenever Prometheus reads. */
  constructor(registry: Registry, loaded: () => VersionGauges[]) {
    const registers = [registry];
    this.requestMetrics = requestMetrics(registry);
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
    engineGauges(registry, loaded);
    this.timer = watchEventLoop(registry);
  }

  /** What counts the requests of one version behind one endpoint, to be kept. */
  of(labels: VersionLabels): VersionMetrics {
    return new VersionMetrics(this.requestMetrics, labels);
  }

  close(): void {
    clearInterval(this.timer);
  }
}

function requestMetrics(registry: Registry): RequestMetrics {
  const times = (name: string, help: string) => new TallyHistogram({ name, help, buckets: latencyBuckets, registry });
  return {
    requests: new TallyCounter({
      name: "leeway_inference_requests_total",
      help: "Inference requests by HTTP status and, where it failed, by reason.",
      registry,
    }),
    violations: new Counter({
      name: "leeway_input_violations_total",
      help: "Requests that broke the input contract of an endpoint, by field, kind and what was done.",
      labelNames: [...labelNames, "field", "kind", "outcome"],
      registers: [registry],
    }),
    shared: new TallyCounter({
      name: "leeway_shared_answers_total",
      help: "Requests answered without a run of the model: from the cache, or by the run of an identical request.",
      registry,
    }),
    duration: times("leeway_inference_duration_seconds", "Time from the read request to the written answer."),
    queue: times("leeway_inference_queue_seconds", "Time that requests waited for a free worker."),
    compute: times("leeway_inference_compute_seconds", "Time that models ran."),
  };
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
