import { expect, test } from "vitest";
import { type Random, seededRandom } from "#server/stats/random.ts";
import { arrivals } from "./arrivals.ts";
import { errorShareOf, LoadTestSettings, queueShareOf } from "./contract.ts";
import { findingsOf } from "./findings.ts";
import { measureStep, type SentRequest } from "./measure-step.ts";

const stepSeconds = 300;
const settings = LoadTestSettings.parse({ rates: [1], stepSeconds });
const serviceMs = 10;

/** Simulates a step on a server that serves one request after another, 100 a second on average: an M/M/1 queue. */
function served(rate: number, random: Random): SentRequest[] {
  let freeAt = 0;
  return Array.from(arrivals(settings, rate), (dueMs) => {
    const computeMs = -serviceMs * Math.log1p(-random());
    const startedAt = Math.max(dueMs, freeAt);
    freeAt = startedAt + computeMs;
    return { dueMs, sentMs: dueMs, endedMs: freeAt, outcome: "200", queueMs: startedAt - dueMs, computeMs };
  });
}

const measure = (rate: number, requests = served(rate, seededRandom(rate))) =>
  measureStep(requests, { requestsPerSecond: rate, stepSeconds, warmUpMs: 3000 });

test("measures an M/M/1 queue as theory predicts", () => {
  // At a load of 0.8 the time in the system is exponential with mean 10 / 0.2 = 50 ms, and four fifths of it are waiting.
  const step = measure(80);
  expect(step.latencyMs?.mean).toBeGreaterThan(40);
  expect(step.latencyMs?.mean).toBeLessThan(62);
  expect(step.latencyMs?.p95.low).toBeLessThan(50 * Math.log(20));
  expect(step.latencyMs?.p95.high).toBeGreaterThan(50 * Math.log(20));
  expect(queueShareOf(step)).toBeCloseTo(0.8, 1);
  expect(step.achievedPerSecond).toBeCloseTo(80, -1);
});

test("finds the knee where latency rises, and saturation above the capacity of 100 requests/s", () => {
  const { knee, saturation } = findingsOf([10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 115].map((rate) => measure(rate)));
  expect(saturation).toMatchObject({ position: 10, requestsPerSecond: 115 });
  expect(saturation?.maxPerSecond).toBeGreaterThan(90);
  expect(saturation?.maxPerSecond).toBeLessThan(105);
  expect(knee?.requestsPerSecond).toBeGreaterThanOrEqual(70);
  expect(knee?.requestsPerSecond).toBeLessThanOrEqual(95);
});

test("finds no saturation below capacity, and no knee in a flat curve", () => {
  expect(findingsOf([])).toEqual({ knee: null, saturation: null });
  const flat = [10, 20, 30, 40, 50].map((rate) => measure(rate, evenly(rate)));
  expect(findingsOf(flat)).toEqual({ knee: null, saturation: null });
});

test("ignores requests in flight at the end of a short step, and still finds an overload", () => {
  const short = { stepSeconds: 5, warmUpMs: 1000 };
  const requests = evenly(16).slice(0, 80);
  const slowAtTheEnd = requests.map((each) => (each.dueMs > 4700 ? { ...each, endedMs: each.dueMs + 310 } : each));
  const few = measureStep(slowAtTheEnd, { requestsPerSecond: 16, ...short });
  expect(few.due - few.achievedPerSecond * few.measuredSeconds).toBeGreaterThan(0.05 * few.due);
  expect(findingsOf([few]).saturation).toBeNull();
  const overload = served(130, seededRandom(1)).filter(({ dueMs }) => dueMs < 5000);
  expect(findingsOf([measureStep(overload, { requestsPerSecond: 130, ...short })]).saturation).not.toBeNull();
});

/** Creates requests that all complete after the same time. */
function evenly(rate: number, outcome = "200"): SentRequest[] {
  return Array.from({ length: rate * stepSeconds }, (_, index) => {
    const dueMs = (index * 1000) / rate;
    return { dueMs, sentMs: dueMs, endedMs: dueMs + 5, outcome, queueMs: 0, computeMs: 5 };
  });
}

test("measures latency from when a request was due, not from when it was sent", () => {
  const late = evenly(10).map((request) => ({ ...request, sentMs: request.dueMs + 40, endedMs: request.dueMs + 45 }));
  const step = measure(10, late);
  expect(step.latencyMs?.p50.value).toBe(45);
  expect(step.lagMsP99).toBe(40);
});

test("counts unsent and failed requests by reason, not as responses", () => {
  const requests = evenly(10).map((request, index): SentRequest => {
    if (index % 10 === 0) return { ...request, sentMs: null, outcome: "not-sent", queueMs: null, computeMs: null };
    return index % 10 === 1 ? { ...request, outcome: "503" } : request;
  });
  const step = measure(10, requests);
  expect(step.due).toBe(2970);
  expect(step.notSent).toBe(297);
  expect(step.failures).toEqual({ 503: 297 });
  expect(step.succeeded).toBe(2376);
  expect(errorShareOf(step)).toBeCloseTo(0.2, 9);
  expect(step.achievedPerSecond).toBeCloseTo(8, 1);
  expect(findingsOf([step]).saturation?.position).toBe(0);
});
