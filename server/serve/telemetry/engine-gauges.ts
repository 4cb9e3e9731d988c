import { Counter, Gauge, type Registry } from "prom-client";
import type { CircuitState, EngineState } from "../gateways/contract.ts";
import { type VersionLabels, versionLabelNames } from "./version-metrics.ts";

const labelNames = [...versionLabelNames, "engine"] as const;

/** An engine that runs a loaded version. */
interface EngineGauges {
  labels: VersionLabels;
  engine?: EngineState | undefined;
}

const numbers: Record<CircuitState, number> = { closed: 0, "half-open": 1, open: 2 };

/** Exposes the engine metrics of versions to Prometheus. @param loaded called whenever it reads. */
export function engineGauges(registry: Registry, loaded: () => EngineGauges[]): void {
  const registers = [registry];
  const engines = () =>
    loaded().flatMap(({ labels, engine }) => (engine ? [{ labels: { ...labels, engine: engine.name }, engine }] : []));
  new Gauge({
    name: "leeway_engine_circuit",
    help: "Circuit breaker state of an engine: 0 closed, 1 half-open, 2 open.",
    labelNames,
    aggregator: "max",
    registers,
    collect() {
      this.reset();
      for (const { labels, engine } of engines()) this.set(labels, numbers[engine.circuit]);
    },
  });
  const counter = (name: string, help: string, pick: (engine: EngineState) => number) =>
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset();
        for (const { labels, engine } of engines()) this.inc(labels, pick(engine));
      },
    });
  counter("leeway_engine_requests_total", "Requests sent to an engine, including retries.", (one) => one.tries);
  counter("leeway_engine_retries_total", "Retries of requests to an engine.", (one) => one.retries);
  counter("leeway_engine_circuit_opened_total", "Number of times a circuit breaker opened.", (one) => one.opened);
}
