import { Counter, type Registry } from "prom-client";
import type { Tracing } from "./tracing.ts";

/** Exposes counts of exported and rejected spans to Prometheus. */
export function exposeTracing(registry: Registry, { counts }: Tracing): void {
  new Counter({
    name: "leeway_trace_spans_total",
    help: "Trace spans accepted and rejected by the collector.",
    labelNames: ["outcome"],
    registers: [registry],
    collect() {
      this.reset();
      for (const outcome of ["sent", "lost"] as const) this.inc({ outcome }, counts[outcome]);
    },
  });
}
