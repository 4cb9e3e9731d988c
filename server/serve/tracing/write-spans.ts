import { type Context, type Tracer, trace } from "@opentelemetry/api";
import type { TraceContext } from "./trace-context.ts";
import type { TracedEnd } from "./tracing.ts";

interface Ran extends Pick<TracedEnd, "source" | "provider"> {
  run: NonNullable<TracedEnd["run"]>;
  /** From the clock of performance.now() to milliseconds since 1970. */
  epochMs: number;
}

/**
 * Writes the spans of a request in the pool: the time in the queue, the batch that ran it, with links to the other requests in it, and
 * in the batch the run of the model. A response from another request's run has links to the requests of that run instead.
 */
export function writeSpans(tracer: Tracer, request: Context, { run, source, provider, epochMs }: Ran): void {
  const own = trace.getSpanContext(request);
  const { startedAt, endedAt, requests, rows, traces } = run.batch;
  const links = traces.filter(({ spanId }) => spanId !== own?.spanId).map((context: TraceContext) => ({ context }));
  if (source !== "model") {
    trace.getSpan(request)?.addLinks(links);
    return;
  }
  const [start, end] = [epochMs + startedAt, epochMs + endedAt];
  tracer.startSpan("queue", { startTime: start - run.queueMs }, request).end(start);
  const attributes = { "leeway.batch.requests": requests, "leeway.batch.rows": rows };
  const batch = tracer.startSpan("batch", { startTime: start, links, attributes }, request);
  // Only the worker's own clock saw the run; what is left of the batch is the way there and back, half each.
  const wayMs = Math.max(0, endedAt - startedAt - run.inputMs - run.runMs - run.outputMs) / 2;
  const runStart = Math.min(end, start + wayMs + run.inputMs);
  const timing = { startTime: runStart, attributes: { "leeway.provider": provider } };
  tracer.startSpan("run", timing, trace.setSpan(request, batch)).end(Math.min(end, runStart + run.runMs));
  batch.end(end);
}
