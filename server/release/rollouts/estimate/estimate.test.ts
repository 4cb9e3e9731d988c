import { expect, test } from "vitest";
import { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import type { PlanTraffic } from "./contract.ts";
import { baseRateOf, estimateRollout } from "./estimate.ts";
import { simulatePlan } from "./simulate-plan.ts";

const busy = (unitsPerSecond: number, share = 0.005): PlanTraffic => ({
  requestsPerSecond: unitsPerSecond,
  requests: 864_000,
  hours: 24,
  slowMs: 100,
  profile: [],
  rates: { errors: { units: 864_000, events: 864_000 * share, unitsPerSecond } },
});

const planOf = (change: object = {}) =>
  RolloutPlan.parse({
    steps: [0.1, 0.25, 0.5].map((weight) => ({ weight, minSeconds: 60, maxSeconds: 1200 })),
    guardrails: [{ metric: "errors", requiresVerdict: true }],
    ...change,
  });

const errorsOf = (plan: RolloutPlan, traffic: PlanTraffic) => estimateRollout(plan, traffic).guardrails[0];

test("detects twice as many errors after about 665 s at 40 requests/s, 0.5% errors and 10%, as in the reference", () => {
  const found = errorsOf(planOf(), busy(40))?.detections.find(({ ratio }) => ratio === 2);
  expect(found?.seconds).toBeGreaterThan(660);
  expect(found?.seconds).toBeLessThan(670);
  expect(found?.exposed).toBeCloseTo((found?.seconds ?? 0) * 40 * 0.1, 6);
  expect(found?.bad).toBeCloseTo((found?.exposed ?? 0) * 0.01, 6);
});

test("detects a regression in a later step after a short first one, sooner than from that step alone", () => {
  const steps = [0.1, 0.25, 0.5].map((weight) => ({ weight, minSeconds: 60, maxSeconds: 300 }));
  const plan = planOf({ steps, advanceWhen: "no-harm-found", guardrails: [{ metric: "errors" }] });
  const found = errorsOf(plan, busy(40))?.detections.find(({ ratio }) => ratio === 2);
  expect(found?.step).toBe(1);
  expect(found?.seconds).toBeGreaterThan(300);
  expect(found?.seconds).toBeLessThan(600);
});

test("predicts no detection that would come after the promotion", () => {
  const plan = planOf({
    steps: [{ weight: 0.01, minSeconds: 1, maxSeconds: 60 }],
    advanceWhen: "no-harm-found",
    guardrails: [{ metric: "errors" }],
  });
  expect(errorsOf(plan, busy(1))?.detections.every(({ seconds }) => seconds === null)).toBe(true);
});

test("predicts no detection of a regression below the margin", () => {
  const plan = planOf({ guardrails: [{ metric: "errors", margin: 1.5 }] });
  expect(errorsOf(plan, busy(40))?.detections[0]).toMatchObject({ ratio: 2, seconds: null });
});

test("needs within a factor of two the time of docs/spec/sequential-analysis.md section 5 for a safe verdict", () => {
  const plan = planOf({ steps: [{ weight: 0.5, maxSeconds: 7200 }] });
  const seconds = errorsOf(plan, busy(10))?.proofs[0] ?? 0;
  // 47 events at 3 a minute.
  expect(seconds / 60).toBeGreaterThan(15.7 * 0.9);
  expect(seconds / 60).toBeLessThan(15.7 * 2);
});

test("rolls a version that fails outright back after a few requests, and one with four times the errors after more", () => {
  const plan = planOf({ steps: [{ weight: 0.05, maxSeconds: 7200 }] });
  const { outright, fourfold } = estimateRollout(plan, busy(40)).exposure;
  // At least the age of a counted request and the reaction of the gateways, at 2 requests/s.
  expect(outright?.seconds).toBeGreaterThan(4);
  expect(outright?.seconds).toBeLessThan(30);
  expect(outright?.exposed).toBeCloseTo((outright?.seconds ?? 0) * 2, 6);
  expect(outright?.bad).toBe(outright?.exposed);
  expect(fourfold?.exposed).toBeGreaterThan(10 * (outright?.exposed ?? 0));
  expect(fourfold?.bad).toBeCloseTo((fourfold?.exposed ?? 0) * 0.02, 6);
  const unwatched = planOf({ guardrails: [{ metric: "slow", requiresVerdict: true }] });
  expect(estimateRollout(unwatched, busy(40)).exposure).toEqual({ outright: null, fourfold: null });
});

test("warns before the start of a step too short for a safe verdict", () => {
  const { advice, steps } = estimateRollout(planOf(), busy(1));
  expect(advice[0]).toMatchObject({ code: "proof-too-slow", metric: "errors", step: 0 });
  expect(steps[0]?.seconds).toBeGreaterThan(1200);
});

test("predicts nothing without traffic, and names a metric without data", () => {
  const idle: PlanTraffic = { ...busy(0), requestsPerSecond: null, requests: 0, rates: {} };
  expect(estimateRollout(planOf(), idle).advice.map(({ code }) => code)).toEqual(["no-traffic"]);
  const plan = planOf({ guardrails: [{ metric: "errors" }, { metric: "label-errors" }] });
  expect(estimateRollout(plan, busy(40)).advice).toContainEqual({
    code: "no-rate",
    metric: "label-errors",
    step: null,
    seconds: null,
  });
});

test("counts no bad unit as half a unit, marked as assumed", () => {
  expect(baseRateOf({ metric: "errors" }, busy(40, 0))).toMatchObject({ rate: 0.5 / 864_000, isAssumed: true });
});

test("warns of units that take longer than their step", () => {
  const plan = planOf({ steps: [{ weight: 0.1, minUnits: 100_000, maxSeconds: 600 }], advanceWhen: "no-harm-found" });
  expect(estimateRollout(plan, busy(40)).advice.map(({ code }) => code)).toContain("few-units");
});

test("rarely rolls back a good version and finds a bad one in simulation, where a strict threshold rolls back both", async () => {
  const traffic = { ...busy(10), profile: [{ hour: new Date(0), requestsPerSecond: 10 }] };
  const steps = [0.1, 0.25, 0.5].map((weight) => ({ weight, minSeconds: 60, maxSeconds: 600 }));
  const plan = planOf({ steps, advanceWhen: "no-harm-found", guardrails: [{ metric: "errors" }] });
  const found = await simulatePlan(plan, traffic, { runs: 60 });
  const share = (rule: string, ratio: number) =>
    found?.rules.find(({ name }) => name === rule)?.scenarios.find((each) => each.ratio === ratio)?.rolledBackShare;
  expect(share("This plan", 1)).toBeLessThanOrEqual(0.1);
  expect(share("This plan", 10)).toBe(1);
  expect(share("Strict threshold", 1)).toBeGreaterThan(0.9);
  expect(found?.rules.map(({ scenarios }) => scenarios.length)).toEqual([4, 4, 4, 4, 4]);
});

test("simulates nothing without traffic or a rate", async () => {
  const idle: PlanTraffic = { ...busy(0), requestsPerSecond: null, requests: 0, rates: {} };
  expect(await simulatePlan(planOf(), idle, { runs: 50 })).toBeUndefined();
});

test("expects a regression and a proof to take longer where errors come in bursts", () => {
  // A day of minutes with a correlation of 0.01: a variance of 7 times the mean.
  const sums = { blocks: 1439, pairs: 1400, squares: 7 * 4000, expected: 4000, sized: 4000 * 600 };
  const short = { blocks: 8639, pairs: 8000, squares: 2 * 4000, expected: 4000, sized: 4000 * 100 };
  const record = { short, minutes: sums, fiveMinutes: sums, gateways: 1, gatewayDeviation: 0 };
  const bursty = { ...busy(10), bursts: { errors: record } };
  const fourfold = (traffic: PlanTraffic) => errorsOf(planOf(), traffic)?.detections.find(({ ratio }) => ratio === 4);
  const before = fourfold(busy(10))?.seconds as number;
  expect(fourfold(bursty)?.seconds as number).toBeGreaterThan(1.5 * before);
  const proof = (traffic: PlanTraffic) => errorsOf(planOf(), traffic)?.proofs[0] as number;
  expect(proof(bursty)).toBeGreaterThan(1.5 * proof(busy(10)));
  // Gateways that differ by 20% hide what is not beyond that.
  const differing = { ...bursty, bursts: { errors: { ...record, gateways: 2, gatewayDeviation: 0.4 } } };
  expect(errorsOf(planOf(), differing)?.detections.find(({ ratio }) => ratio === 2)?.seconds).toBeNull();
});
