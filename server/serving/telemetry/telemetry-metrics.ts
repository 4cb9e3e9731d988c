import { Counter, Gauge, type Registry } from "prom-client";
import type { TelemetryState } from "./telemetry.ts";

const kinds = ["windows", "predictions", "states"] as const;

/** What waits on the gateway's disk for Postgres, and what was lost, for Prometheus. @param read asked whenever it reads. */
export function exposeTelemetry(registry: Registry, read: () => TelemetryState): void {
  const common = { labelNames: ["kind"], registers: [registry] };
  const gauge = (name: string, help: string, value: "bytes" | "limitBytes") =>
    new Gauge({
      ...common,
      name,
      help,
      collect() {
        const state = read();
        for (const kind of kinds) this.set({ kind }, state[kind][value]);
      },
    });
  gauge(
    "leeway_telemetry_spool_bytes",
    "Counts, predictions and states of features on disk that Postgres does not have yet.",
    "bytes",
  );
  gauge("leeway_telemetry_spool_limit_bytes", "Most that the disk keeps of each.", "limitBytes");
  new Counter({
    ...common,
    name: "leeway_telemetry_dropped_total",
    help: "Requests whose counts were lost, predictions that the log lost, and requests whose features were not counted: too much waited, or the disk failed.",
    collect() {
      this.reset();
      const state = read();
      for (const kind of kinds) this.inc({ kind }, state[kind].dropped);
    },
  });
  new Gauge({
    name: "leeway_telemetry_behind_seconds",
    help: "For how long nothing could be stored in Postgres; 0 when all is well.",
    aggregator: "max",
    registers: [registry],
    collect() {
      this.set(read().behindSeconds);
    },
  });
}
