import { expect, test } from "vitest";
import { LoadTestSettings, type StepMeasurement } from "#server/serve/load-test/contract.ts";
import { describeFailure, describeFinding, describeLoad, describeProgress, isSenderLate } from "./load-test-text.ts";
import { ramp } from "./ramp.ts";

const quantile = { value: 12.34, low: 11.8, high: 13.1 };
const step = (requestsPerSecond: number, change: Partial<StepMeasurement> = {}): StepMeasurement => ({
  requestsPerSecond,
  measuredSeconds: 17,
  due: 850,
  notSent: 0,
  succeeded: 850,
  failures: {},
  achievedPerSecond: requestsPerSecond,
  queueMsMean: 1,
  computeMsMean: 2,
  lagMsP99: 1,
  latencyMs: { mean: 10, p50: quantile, p95: quantile, p99: quantile },
  ...change,
});
const settings = LoadTestSettings.parse({ rates: [10, 20, 30] });

test("describes the sustained rate, and where latency rises", () => {
  const none = { knee: null, saturation: null };
  expect(describeFinding({ state: "done", steps: [step(10), step(20)], findings: none })).toBe(
    "Sustains 20\u00a0requests/s, the highest rate tested.",
  );
  const findings = {
    knee: { position: 1, requestsPerSecond: 20 },
    saturation: { position: 2, requestsPerSecond: 30, maxPerSecond: 24.6 },
  };
  expect(describeFinding({ state: "done", steps: [step(10), step(20), step(30)], findings })).toBe(
    "Saturated at 30\u00a0requests/s: at most 24.6\u00a0/s were served. Latency starts to rise at 20\u00a0requests/s.",
  );
  const surplus = { knee: null, saturation: { position: 0, requestsPerSecond: 30, maxPerSecond: 31 } };
  const chance = step(30, { due: 595, achievedPerSecond: 31 });
  expect(describeFinding({ state: "done", steps: [chance], findings: surplus })).toBe(
    "Saturated at 30\u00a0requests/s: 31 of 35\u00a0/s were served.",
  );
  expect(describeFinding({ state: "failed", steps: [], findings: none })).toBe("No data available.");
});

test("describes the current step and the maximum remaining time", () => {
  expect(describeProgress({ state: "running", steps: [step(10)], settings })).toBe(
    "step 2 of 3, at most 40\u00a0s left",
  );
});

test("lists failures by reason, and the requests not sent", () => {
  expect(describeFailure(step(10, { failures: { 503: 12, timeout: 3 }, notSent: 40 }))).toBe(
    "503: 12, timeout: 3, not sent: 40",
  );
  expect(describeFailure(step(10))).toBe("");
});

test("reports a sender whose lag is a large part of the latency", () => {
  expect(isSenderLate(step(10, { lagMsP99: 1 }))).toBe(false);
  expect(isSenderLate(step(10, { lagMsP99: 8 }))).toBe(true);
});

test("describes a load by rates, arrival times and inputs", () => {
  expect(describeLoad({ settings })).toBe(
    "10 to 30\u00a0requests/s in 3 steps of 20\u00a0s, at random intervals, synthetic inputs",
  );
});

test("divides a ramp into equal steps, and returns one rate for one step", () => {
  expect(ramp(10, 100, 4)).toEqual([10, 40, 70, 100]);
  expect(ramp(10, 100, 1)).toEqual([10]);
  expect(ramp(50, 50, 5)).toEqual([50]);
  expect(ramp(1, 2, 4)).toEqual([1, 1.33, 1.67, 2]);
});
