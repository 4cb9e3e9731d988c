import { Counter, Gauge, type Registry } from "prom-client";
import type { TelemetryState } from "./telemetry.ts";

const kinds = ["windows", "predictions", "states"] as const;

/** Exposes the data on the gateway's disk that waits for Postgres, and lost data, to Prometheus. @param read called whenever it reads. */
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
  gauge("leeway_telemetry_spool_bytes", "Size of telemetry spooled on disk and not yet stored in Postgres.", "bytes");
  gauge("leeway_telemetry_spool_limit_bytes", "Maximum spool size per type.", "limitBytes");
  new Counter({
    ...common,
    name: "leeway_telemetry_dropped_total",
    help: "Telemetry lost by type: the spool was full, the disk failed, or it was set aside.",
    collect() {
      this.reset();
      const state = read();
      for (const kind of kinds) this.inc({ kind }, state[kind].dropped);
    },
  });
  new Gauge({
    name: "leeway_telemetry_lag_seconds",
    help: "How long telemetry could not be stored in Postgres; 0 when healthy.",
    aggregator: "max",
    registers: [registry],
    collect() {
      this.set(read().behindSeconds);
    },
  });
}
