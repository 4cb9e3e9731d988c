import { expect, test } from "vitest";
import { type LoadTest, LoadTestSettings, type StepMeasurement } from "#server/serve/load-test/contract.ts";
import { findingsOf } from "#server/serve/load-test/findings.ts";
import { gateName, gateSettings, gateTitle } from "../../develop/registry/policy/contract.ts";
import { evaluateLatencyGate } from "./evaluate-latency-gate.ts";

const gate = gateSettings.latency.parse({ kind: "latency", requestsPerSecond: 50, limitMs: 20 });

function step(requestsPerSecond: number, p95: [number, number, number], change: Partial<StepMeasurement> = {}) {
  const [low, value, high] = p95;
  const quantile = { value, low, high };
  return {
    requestsPerSecond,
    measuredSeconds: 20,
    due: requestsPerSecond * 20,
    notSent: 0,
    failures: {},
    succeeded: requestsPerSecond * 20,
    achievedPerSecond: requestsPerSecond,
    queueMsMean: 1,
    computeMsMean: 2,
    lagMsP99: 1,
    latencyMs: { mean: value / 2, p50: quantile, p95: quantile, p99: quantile },
    ...change,
  } satisfies StepMeasurement;
}

function loadTest(...steps: StepMeasurement[]): LoadTest {
  return {
    id: "5d5f5e1c-4f4c-4b6e-9a4f-0c8f7d4f7a11",
    endpoint: "digits",
    model: "digits",
    version: 3,
    isLive: false,
    versionId: "5d5f5e1c-4f4c-4b6e-9a4f-0c8f7d4f7a12",
    state: "done",
    message: null,
    reason: "",
    startedBy: "Ada",
    createdAt: new Date(0),
    startedAt: new Date(0),
    endedAt: new Date(60_000),
    settings: LoadTestSettings.parse({ rates: [10] }),
    steps,
    findings: findingsOf(steps),
  };
}

test("passes when the full interval at the first sufficient rate is below the limit", () => {
  const result = evaluateLatencyGate(gate, [
    loadTest(step(25, [1, 2, 3]), step(60, [8, 9, 10]), step(100, [90, 95, 99])),
  ]);
  expect(result).toMatchObject({ verdict: "passed", measured: 9, limit: 20 });
  expect(result.words).toBe("p95 9\u00a0ms at 60 requests/s, limit 20\u00a0ms");
  expect(result.evidence).toMatchObject({ better: "lower", interval: { low: 8, high: 10 } });
  expect(result.evidence.facts.find(({ label }) => label === "Load test")?.value).toContain("through digits, by Ada");
});

test("formats times with three digits, and more near the limit", () => {
  const wordsOf = (ms: number) =>
    evaluateLatencyGate({ ...gate, judge: "point" }, [loadTest(step(50, [ms, ms, ms]))]).words;
  expect(wordsOf(6.7189)).toContain("p95 6.72\u00a0ms at");
  expect(wordsOf(20.04)).toBe("p95 20.04\u00a0ms at 50 requests/s, limit 20\u00a0ms");
});

test("fails above the limit, and is inconclusive when the interval contains it, unless the point decides", () => {
  expect(evaluateLatencyGate(gate, [loadTest(step(50, [21, 25, 30]))]).verdict).toBe("failed");
  const across = [loadTest(step(50, [15, 19, 25]))];
  expect(evaluateLatencyGate(gate, across)).toMatchObject({ verdict: "pending" });
  expect(evaluateLatencyGate({ ...gate, judge: "point" }, across).verdict).toBe("passed");
});

test("fails when the rate is not sustained or too many requests fail, however low the latency", () => {
  const saturated = step(50, [1, 2, 3], { achievedPerSecond: 40 });
  expect(evaluateLatencyGate(gate, [loadTest(saturated)])).toMatchObject({ verdict: "failed" });
  const failing = step(50, [1, 2, 3], { succeeded: 985, failures: { 503: 15 } });
  expect(evaluateLatencyGate(gate, [loadTest(failing)]).words).toBe("1.5% of requests failed at 50 requests/s");
  expect(evaluateLatencyGate(gate, [loadTest(step(50, [1, 2, 3], { latencyMs: null }))]).verdict).toBe("failed");
});

test("uses the newest test that reached the rate, and is inconclusive without one", () => {
  const low = loadTest(step(25, [1, 2, 3]));
  expect(evaluateLatencyGate(gate, [low, loadTest(step(50, [21, 25, 30]))]).verdict).toBe("failed");
  expect(evaluateLatencyGate(gate, [low])).toMatchObject({ verdict: "pending", measured: null });
  expect(evaluateLatencyGate(gate, []).words).toContain("no load test in the last 30 days");
});

test("names gates of different rates differently", () => {
  expect(gateName(gate)).toBe("latency:p95:50");
  expect(gateTitle(gate)).toBe("Latency at 50 requests/s");
});
