import { rmSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import protobuf from "protobufjs";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { type Metrics, metricsText } from "#server/http/metrics-text.ts";
import { createServer } from "#server/http/server.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { openTracing } from "#server/serve/tracing/open-telemetry.ts";
import type { TracingSettings } from "#server/serve/tracing/tracing.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { mlpSignature, newModelFolder, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { inferencePlugin } from "./plugin.ts";

// The parts of opentelemetry/proto/trace/v1/trace.proto and of collector/trace/v1 that the test reads.
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Any { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
  message KeyValue { string key = 1; Any value = 2; }
  message Link { bytes trace_id = 1; bytes span_id = 2; }
  message Status { string message = 2; int32 code = 3; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
    repeated Link links = 13; Status status = 15;
  }
  message ScopeSpans { repeated Span spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Export { repeated ResourceSpans resource_spans = 1; }`);

type Attributes = { key: string; value: Record<string, unknown> }[];
interface Span {
  traceId: string;
  spanId: string;
  traceState: string;
  parentSpanId: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attributes;
  links: { traceId: string; spanId: string }[];
  status: { code: number; message: string } | null;
}

const hex = (base64: string) => Buffer.from(base64, "base64").toString("hex");
const attribute = (attributes: Attributes, name: string) => {
  const value = attributes.find(({ key }) => key === name)?.value ?? {};
  return Object.values(value)[0];
};

/** Starts a minimal collector, which receives traces by OTLP over HTTP, in protobuf. */
async function newCollector() {
  const received: { span: Span; service: unknown }[] = [];
  const requests: IncomingMessage[] = [];
  const server = createHttpServer(async (request, response) => {
    requests.push(request);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const plain = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
    const Export = root.lookupType("Export");
    const { resourceSpans } = Export.toObject(Export.decode(plain), {
      bytes: String,
      longs: String,
      defaults: true,
    }) as {
      resourceSpans: { resource: { attributes: Attributes }; scopeSpans: { spans: Span[] }[] }[];
    };
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = attribute(resource.attributes, "service.name");
      for (const { spans } of scopeSpans) {
        for (const span of spans) {
          const ids = { traceId: hex(span.traceId), spanId: hex(span.spanId), parentSpanId: hex(span.parentSpanId) };
          const links = span.links.map((link) => ({ traceId: hex(link.traceId), spanId: hex(link.spanId) }));
          received.push({ service, span: { ...span, ...ids, links } });
        }
      }
    }
    response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { received, requests, url: `http://127.0.0.1:${port}/v1/traces`, close: () => server.close() };
}

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const authorization = `Bearer ${await newToken(ctx)}`;
const models = newModelFolder();
const { id: endpointId } = await createEndpoint(ctx, { name: "digits", captureShare: 1 });
await newVersion(ctx, { signature: mlpSignature, bytes: mlpModel([4, 16, 3]) }, models);
await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
afterAll(() => rmSync(models.path, { recursive: true }));

type Sampling = Pick<TracingSettings, "sampler" | "ratio">;

/** Starts a gateway that serves "digits" and a collector of the traces that it sends once they are closed. */
async function createFixture(sampling: Sampling | undefined) {
  const collector = await newCollector();
  const tracing = sampling && openTracing({ url: collector.url, serviceName: "leeway-test", ...sampling });
  const gateway = newTestGateway(db, { models, ...(tracing && { tracing }) });
  const app = createServer(readConfig({}));
  await inferencePlugin(app, { core: gateway.core });
  await gateway.core.start();
  await vi.waitFor(() => expect(gateway.core.unreadyReason).toBeUndefined());
  onTestFinished(async () => {
    await app.close();
    await gateway.core.stop();
    collector.close();
  });
  const infer = (data: unknown[], headers: Record<string, string> = {}) =>
    app.inject({
      method: "POST" as const,
      url: "/v2/models/digits/infer",
      headers: { authorization, ...headers },
      payload: JSON.stringify({ inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data }] }),
    });
  return {
    infer,
    gateway,
    collector,
    sent: async () => {
      await tracing?.close();
      return collector.received;
    },
  };
}

const always: Sampling = { sampler: "parentbased_always_on", ratio: 1 };
const traceId = "0af7651916cd43dd8448eb211c80319c";
const parentId = "b7ad6b7169203331";
const traceparent = (flags: string) => ({ traceparent: `00-${traceId}-${parentId}-${flags}` });
const named = (spans: readonly { span: Span }[], name: string) =>
  spans.map(({ span }) => span).filter((span) => span.name === name);
const route = "POST /v2/models/:model/infer";

test("continues the caller's trace through queue, batch and run, and returns it in the response", async () => {
  const { infer, sent, gateway } = await createFixture(always);
  const response = await infer([1, 2, 3, 4], {
    ...traceparent("01"),
    tracestate: "vendor=abc,other=1",
    "x-request-id": "traced",
  });
  expect(response.statusCode).toBe(200);
  const spans = await sent();
  expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(["leeway-test"]));
  const [request] = named(spans, route);
  const [queue, batch, run] = ["queue", "batch", "run"].map((name) => named(spans, name)[0]);
  expect(spans).toHaveLength(4);
  for (const { span } of spans) expect([span.traceId, span.traceState]).toEqual([traceId, "vendor=abc,other=1"]);
  expect(response.headers.traceresponse).toBe(`00-${traceId}-${request?.spanId}-01`);
  expect([request, queue, batch, run].map((span) => span?.parentSpanId)).toEqual([
    parentId,
    request?.spanId,
    request?.spanId,
    batch?.spanId,
  ]);
  expect(request?.kind).toBe(2);
  const read = (name: string) => attribute(request?.attributes ?? [], name);
  expect([read("http.response.status_code"), read("leeway.provider"), read("leeway.request_id")]).toEqual([
    "200",
    "cpu",
    "traced",
  ]);
  expect([read("leeway.endpoint"), read("leeway.version"), read("leeway.arm")]).toEqual(["digits", "1", "stable"]);
  const [nanos, ends] = [
    (span: Span | undefined) => BigInt(span?.startTimeUnixNano ?? 0),
    (span: Span | undefined) => BigInt(span?.endTimeUnixNano ?? 0),
  ];
  // One after the other, each inside of what it belongs to; a microsecond for rounding.
  const slack = 1_000n;
  expect(nanos(queue)).toBeGreaterThanOrEqual(nanos(request) - slack);
  expect(ends(queue)).toBeLessThanOrEqual(nanos(batch) + slack);
  expect(nanos(run)).toBeGreaterThanOrEqual(nanos(batch) - slack);
  expect(ends(run)).toBeLessThanOrEqual(ends(batch) + slack);
  expect(ends(batch)).toBeLessThanOrEqual(ends(request) + slack);
  expect(Math.abs(Number(ends(request) / 1_000_000n) - Date.now())).toBeLessThan(60_000);
  expect(await gateway.registry.metrics()).toContain('leeway_trace_spans_total{outcome="sent"} 4\n');
  const open = metricsText((await gateway.registry.getMetricsAsJSON()) as Metrics, "openmetrics");
  expect(open).toMatch(
    new RegExp(`^leeway_inference_duration_seconds_bucket{.*} 1 # {trace_id="${traceId}"} [0-9.e-]+ `, "m"),
  );
});

test("links requests of the same batch to each other", async () => {
  const { infer, sent } = await createFixture(always);
  await infer([0, 0, 0, 0]);
  const predictions = await Promise.all([1, 2, 3].map((value) => infer([value, 0, 0, 0])));
  expect(predictions.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  const spans = await sent();
  const shared = named(spans, "batch").filter((span) => attribute(span.attributes, "leeway.batch.requests") === "3");
  expect(shared).toHaveLength(3);
  const requests = named(spans, route).slice(1);
  for (const batch of shared) {
    const others = requests.filter((request) => request.traceId !== batch.traceId);
    expect(batch.links.map((link) => link.spanId).sort()).toEqual(others.map((request) => request.spanId).sort());
  }
});

test("follows the caller's sampling decision, and returns it in the response", async () => {
  const { infer, sent } = await createFixture(always);
  const response = await infer([1, 2, 3, 4], traceparent("00"));
  expect(response.headers.traceresponse).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
  expect(await sent()).toEqual([]);
});

test("exports only traces sampled by callers with a ratio of zero", async () => {
  const { infer, sent } = await createFixture({ sampler: "parentbased_traceidratio", ratio: 0 });
  await infer([1, 2, 3, 4]);
  await infer([1, 2, 3, 4], traceparent("01"));
  const spans = await sent();
  expect(new Set(spans.map(({ span }) => span.traceId))).toEqual(new Set([traceId]));
});

test("does not mark a client error as a server error, and starts a new trace for an invalid header", async () => {
  const { infer, sent } = await createFixture(always);
  expect((await infer(["no number", 2, 3, 4], { traceparent: "00-zz-1-01" })).statusCode).toBe(400);
  const [request, ...more] = (await sent()).map(({ span }) => span);
  expect(more).toEqual([]);
  expect(request?.parentSpanId).toBe("");
  expect(request?.traceId).not.toBe(traceId);
  expect(attribute(request?.attributes ?? [], "http.response.status_code")).toBe("400");
  expect(request?.status?.code ?? 0).toBe(0);
});

test("does not fail requests when the collector is down, and counts lost spans", async () => {
  // Otherwise it is tried again for ten seconds.
  vi.stubEnv("OTEL_EXPORTER_OTLP_TIMEOUT", "500");
  const { infer, sent, gateway, collector } = await createFixture(always);
  collector.close();
  expect((await infer([1, 2, 3, 4])).statusCode).toBe(200);
  await sent();
  await vi.waitFor(async () =>
    expect(await gateway.registry.metrics()).toContain('leeway_trace_spans_total{outcome="lost"} 4\n'),
  );
});

test("returns no trace headers without a collector", async () => {
  const { infer, gateway } = await createFixture(undefined);
  const response = await infer([1, 2, 3, 4], { ...traceparent("01"), "x-request-id": "untraced" });
  expect(response.headers.traceresponse).toBeUndefined();
  expect(await gateway.registry.metrics()).not.toContain("leeway_trace_spans_total");
});
