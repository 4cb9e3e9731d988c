import type { CountKey } from "../windows/count-key.ts";
import type { TraceContext, TraceHeaders } from "./trace-context.ts";
import type { samplers } from "./tracing-settings.ts";

/** Standard variables of OpenTelemetry; its packages read those not listed here (headers, timeouts, attributes) themselves. */
export interface TracingSettings {
  /** Address that takes traces by OTLP over HTTP. */
  url: string;
  serviceName: string;
  sampler: (typeof samplers)[number];
  /** Share of traces that "traceidratio" samples, 0 to 1. */
  ratio: number;
}

/** A request as it arrived. */
export interface Arrival {
  headers: TraceHeaders;
  /** Milliseconds since its head was read. */
  elapsedMs: number;
  /** Pattern of its address. */
  route: string;
}

/** One execution of a model, on the clock of performance.now(). */
export interface BatchRun {
  startedAt: number;
  endedAt: number;
  /** Requests and rows that ran together. */
  requests: number;
  rows: number;
  /** Contexts of the requests whose traces are recorded. */
  traces: readonly TraceContext[];
}

/** Outcome of a request. */
export interface TracedEnd extends Omit<CountKey, "workspaceId"> {
  status: number;
  error?: string | undefined;
  workspace: string;
  endpoint: string;
  model: string;
  version: string;
  requestId: string;
  /** Name of the game day that affected it: GD-7. */
  gameDay?: string | undefined;
  source: "model" | "cache" | "coalesced";
  /** The run that produced the output, with its times in milliseconds. */
  run?: { batch: BatchRun; queueMs: number; inputMs: number; runMs: number; outputMs: number } | undefined;
}

/** The trace of one request. */
export interface RequestTrace {
  readonly context: TraceContext;
  /** Whether the trace is recorded. */
  readonly isKept: boolean;
  end(how: TracedEnd): void;
}

/** Traces of requests, sent to a collector. */
export interface Tracing {
  /** @param now on the clock of performance.now() */
  start(arrival: Arrival, now: number): RequestTrace;
  /** Spans that the collector took, and those that it did not. */
  readonly counts: { sent: number; lost: number };
  /** Sends the remaining traces, if the collector responds soon. */
  close(): Promise<void>;
}
