import { setTimeout as pause } from "node:timers/promises";
import {
  type Context,
  createTraceState,
  DiagLogLevel,
  diag,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { log } from "#server/base/log.ts";
import { readTraceparent, type TraceContext, type TraceHeaders } from "./trace-context.ts";
import type { Arrival, RequestTrace, TracedEnd, Tracing, TracingSettings } from "./tracing.ts";
import { writeSpans } from "./write-spans.ts";

const closeMs = 3_000;

/** Opens tracing with OpenTelemetry. Its packages are loaded with this file, hence only if tracing is configured. */
export function openTracing({ url, serviceName, ...sampling }: TracingSettings): Tracing {
  const quiet = () => {};
  const warn = (message: string) => log.warn("trace.not_sent", { reason: message });
  diag.setLogger({ error: warn, warn, info: quiet, debug: quiet, verbose: quiet }, { logLevel: DiagLogLevel.WARN });
  const counts = { sent: 0, lost: 0 };
  const resource = defaultResource()
    .merge(resourceFromAttributes({ "service.name": serviceName }))
    .merge(detectResources({ detectors: [envDetector] }));
  const exporter = counting(new OTLPTraceExporter({ url }), counts);
  const provider = new TracerProvider({
    resource,
    sampler: samplerOf(sampling),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer("leeway");
  return {
    counts,
    start: (arrival, now) => new Traced(tracer, arrival, now),
    close: async () => {
      await Promise.race([provider.shutdown().catch(quiet), pause(closeMs, undefined, { ref: false })]);
    },
  };
}

function samplerOf({ sampler, ratio }: Pick<TracingSettings, "sampler" | "ratio">): Sampler {
  const own = sampler.replace("parentbased_", "");
  const root =
    own === "always_off"
      ? new AlwaysOffSampler()
      : own === "traceidratio"
        ? new TraceIdRatioBasedSampler(ratio)
        : new AlwaysOnSampler();
  return sampler.startsWith("parentbased_") ? new ParentBasedSampler({ root }) : root;
}

/** Counts what the collector took and what was lost on the way. */
function counting(exporter: SpanExporter, counts: Tracing["counts"]): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        counts[result.code === 0 ? "sent" : "lost"] += spans.length;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}

class Traced implements RequestTrace {
  readonly context: TraceContext;
  readonly isKept: boolean;
  private readonly tracer: Tracer;
  private readonly span: Span;
  /** Offset from the clock of performance.now() to milliseconds since 1970; once per request, since the system clock may be adjusted. */
  private readonly epochMs: number;

  constructor(tracer: Tracer, { headers, elapsedMs, route }: Arrival, now: number) {
    this.tracer = tracer;
    this.epochMs = Date.now() - now;
    const startTime = this.epochMs + now - elapsedMs;
    const attributes = { "http.request.method": "POST", "http.route": route };
    this.span = tracer.startSpan(`POST ${route}`, { kind: SpanKind.SERVER, startTime, attributes }, parentOf(headers));
    this.context = this.span.spanContext();
    this.isKept = this.span.isRecording();
  }

  end(how: TracedEnd): void {
    const { span, tracer, epochMs } = this;
    if (!this.isKept) return;
    span.setAttributes({
      "http.response.status_code": how.status,
      "leeway.workspace": how.workspace,
      "leeway.endpoint": how.endpoint,
      "leeway.request_id": how.requestId,
      "leeway.model": how.model,
      "leeway.version": how.version,
      "leeway.arm": how.arm,
      "leeway.provider": how.provider,
      "leeway.answer.source": how.source,
      ...(how.gameDay && { "leeway.game_day": how.gameDay }),
    });
    // The caller's own mistakes are no failure of the server: OpenTelemetry's rule for HTTP servers.
    if (how.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR, ...(how.error && { message: how.error }) });
    if (how.run) writeSpans(tracer, trace.setSpan(ROOT_CONTEXT, span), { ...how, run: how.run, epochMs });
    span.end(epochMs + performance.now());
  }
}

/** Returns the context of the caller's span; its tracestate is propagated with the trace. */
function parentOf({ traceparent, tracestate }: TraceHeaders): Context {
  const caller = readTraceparent(traceparent);
  if (!caller) return ROOT_CONTEXT;
  const state = Array.isArray(tracestate) ? tracestate.join(",") : tracestate;
  const traceState = state ? { traceState: createTraceState(state) } : {};
  return trace.setSpanContext(ROOT_CONTEXT, { ...caller, isRemote: true, ...traceState });
}
