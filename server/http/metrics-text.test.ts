import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { expect, test } from "vitest";
import { formatFor, type Metrics, metricsText } from "./metrics-text.ts";
import { aggregated } from "./sibling-metrics.ts";

/** Returns the metrics of one process: a counter with "_total", one as Triton names it, a gauge, and a histogram. */
async function countBytes(times: readonly number[], traceId?: string): Promise<Metrics> {
  const registry = new Registry();
  const registers = [registry];
  new Counter({ name: "asked_total", help: "Asked.", labelNames: ["who"], registers }).inc({ who: 'a"b\\c\nd' }, 2);
  new Counter({ name: "nv_inference_count", help: "Rows.", registers }).inc(3);
  new Gauge({ name: "warmth", help: 'With "quotes" and \\.', registers }).set(Number.NaN);
  const took = new Histogram({
    name: "took_seconds",
    help: "Took.",
    labelNames: ["version"],
    buckets: [0.5, 1],
    registers,
  });
  for (const time of times) took.observe({ version: "2" }, time);
  const metrics = (await registry.getMetricsAsJSON()) as Metrics;
  const bucket = metrics.flatMap(({ values }) => values).find(({ labels }) => labels.le === 1);
  const labelSet = traceId && { trace_id: traceId };
  if (bucket && labelSet) bucket.exemplar = { labelSet, value: 0.6, timestamp: 1_700_000_000.5 };
  return metrics;
}

test("formats Prometheus text with cumulative buckets and only what Prometheus knows", async () => {
  expect(metricsText(await countBytes([0.5, 0.6, 7], "aa"), "prometheus")).toBe(`# HELP asked_total Asked.
# TYPE asked_total counter
asked_total{who="a\\"b\\\\c\\nd"} 2
# HELP nv_inference_count Rows.
# TYPE nv_inference_count counter
nv_inference_count 3
# HELP warmth With "quotes" and \\\\.
# TYPE warmth gauge
warmth NaN
# HELP took_seconds Took.
# TYPE took_seconds histogram
took_seconds_bucket{le="0.5",version="2"} 1
took_seconds_bucket{le="1",version="2"} 2
took_seconds_bucket{le="+Inf",version="2"} 3
took_seconds_sum{version="2"} 8.1
took_seconds_count{version="2"} 3
`);
});

test("formats OpenMetrics with counter families without _total, unknown counters and exemplars of buckets", async () => {
  const text = metricsText(await countBytes([0.6], "ab12"), "openmetrics");
  expect(text).toContain("# TYPE asked counter\nasked_total{");
  expect(text).toContain("# TYPE nv_inference_count unknown\nnv_inference_count 3\n");
  expect(text).toMatch(/took_seconds_bucket\{le="1\.0",version="2"\} 1 # \{trace_id="ab12"\} 0\.6 1700000000\.5\n/);
  expect(text.match(/ # \{/g)).toHaveLength(1);
  expect(text.endsWith("\n# EOF\n")).toBe(true);
});

test("aggregates processes that share a port, with an exemplar of either", async () => {
  const text = metricsText(
    await aggregated([await countBytes([0.6], "ab12"), await countBytes([0.7, 9])]),
    "openmetrics",
  );
  expect(text).toContain("nv_inference_count 6\n");
  expect(text).toMatch(/took_seconds_bucket\{le="1\.0",version="2"\} 2 # \{trace_id="ab12"\}/);
  expect(text).toContain('took_seconds_count{version="2"} 3\n');
});

test.each([
  [undefined, "prometheus"],
  ["*/*", "prometheus"],
  ["text/plain;version=0.0.4", "prometheus"],
  ["application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3", "openmetrics"],
  ["application/openmetrics-text", "openmetrics"],
  ["application/openmetrics-text;version=2.0.0", "prometheus"],
  ["application/openmetrics-text;q=0", "prometheus"],
])("returns to a client that accepts %s the format %s", (accept, format) => {
  expect(formatFor(accept)).toBe(format);
});
