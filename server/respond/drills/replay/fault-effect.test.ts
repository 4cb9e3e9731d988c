import { expect, test } from "vitest";
import { addTo, type Histogram } from "#server/stats/histogram.ts";
import { badShareOf } from "./fault-effect.ts";

const endpointId = "00000000-0000-4000-8000-000000000000";
const availability = { kind: "availability" as const, endpointId };
const latency = { kind: "latency" as const, endpointId, withinMs: 80, countsFailures: false };
const latencies: Histogram = {};
for (const latencyMs of [5, 10, 20, 40]) addTo(latencies, latencyMs);

test("errors are bad for availability, and for latency only where failures count", () => {
  const errors = { kind: "errors" as const, status: 503 as const };
  expect(badShareOf(errors, availability, {})).toBe(1);
  expect(badShareOf(errors, latency, {})).toBeNull();
  expect(badShareOf(errors, { ...latency, countsFailures: true }, {})).toBe(1);
  expect(badShareOf({ ...errors, status: 429 }, availability, {})).toBeNull();
});

test("a delay makes the responses late that had too little time left", () => {
  const delayed = (delayMs: number, jitterMs = 0) =>
    badShareOf({ kind: "latency", delayMs, jitterMs }, latency, latencies);
  expect(delayed(120)).toBe(1);
  expect(delayed(50)).toBe(0.25);
  expect(delayed(20)).toBe(0);
  // 54, 62, 70, 78 and 86 ms.
  expect(delayed(70, 20)).toBeCloseTo((0.25 + 0.5 + 0.5 + 1 + 1) / 5, 9);
  expect(badShareOf({ kind: "latency", delayMs: 120, jitterMs: 0 }, availability, latencies)).toBeNull();
});

test("nothing is known before of faults whose effect depends on the model", () => {
  expect(badShareOf({ kind: "dropped-feature", feature: "x", as: "null" }, availability, latencies)).toBeNull();
});
