import type { Registry } from "prom-client";
import { expose } from "#server/base/metrics/expose.ts";
import { type HistogramTally, histogramLines } from "#server/base/metrics/tally-histogram.ts";
import type { EngineState } from "../gateways/contract.ts";
import type { VersionLabels } from "./version-metrics.ts";

/** Gauges of a loaded version. */
export interface VersionGauges {
  labels: VersionLabels;
  pending: number;
  pendingRows: number;
  /** Since it was loaded. */
  restarts: number;
  loadMs: number;
  warmUpMs: number;
  /** Rows per execution. */
  batchRows: HistogramTally;
  /** Milliseconds that each worker has run. */
  busyMs: readonly number[];
  /** Bytes of outputs in the cache of the endpoint. */
  cacheBytes: number;
  /** State of the engine, if the version runs on another server. */
  engine?: EngineState | undefined;
}

/** Exposes the state of every loaded version to Prometheus. @param loaded called on every scrape */
export function exposeVersions(registry: Registry, loaded: () => VersionGauges[]): void {
  const show = (
    [name, type, help]: [string, "gauge" | "counter", string],
    read: (version: VersionGauges) => number,
    aggregator: "sum" | "max" = "sum",
  ) => {
    const samples = () => loaded().map((version) => ({ labels: version.labels, value: read(version) }));
    expose(registry, { name: `leeway_${name}`, help, type, aggregator, samples });
  };
  show(["inference_pending_requests", "gauge", "Queued and running requests."], ({ pending }) => pending);
  show(["inference_pending_rows", "gauge", "Rows of queued and running requests."], ({ pendingRows }) => pendingRows);
  show(["cache_bytes", "gauge", "Size of cached responses in bytes."], ({ cacheBytes }) => cacheBytes);
  show(["worker_restarts_total", "counter", "Workers that crashed and were replaced."], ({ restarts }) => restarts);
  const load = "Load time of the slowest worker.";
  show(["model_load_seconds", "gauge", load], ({ loadMs }) => loadMs / 1000, "max");
  const warmUp = "Warm-up time of the slowest worker.";
  show(["model_warmup_seconds", "gauge", warmUp], ({ warmUpMs }) => warmUpMs / 1000, "max");
  expose(registry, {
    name: "leeway_worker_busy_seconds_total",
    help: "Total time workers spent running requests.",
    type: "counter",
    samples: () =>
      loaded().flatMap(({ labels, busyMs }) =>
        busyMs.map((ms, worker) => ({ labels: { ...labels, worker }, value: ms / 1000 })),
      ),
  });
  const rows = "leeway_inference_batch_rows";
  expose(registry, {
    name: rows,
    help: "Rows per batch.",
    type: "histogram",
    samples: () => loaded().flatMap(({ labels, batchRows }) => histogramLines(rows, labels, batchRows)),
  });
}
