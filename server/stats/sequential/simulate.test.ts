import { describe, expect, test } from "vitest";
import { type RolloutPlan, type SimulatedGuardrail, simulateRollout } from "./simulate.ts";

const errors: SimulatedGuardrail = {
  name: "errors",
  share: 1,
  baseRate: 0.005,
  margin: 0,
  safeMargin: undefined,
  ratio: 1,
};
const plan: RolloutPlan = {
  steps: [0.1, 0.25, 0.5].map((weight) => ({ weight, seconds: 600 })),
  requestsPerSecond: [10],
  guardrails: [errors],
  regressionSecond: 0,
  policy: {
    alpha: 0.05,
    beta: 0.05,
    minUnitsCanary: 100,
    minUnitsBaseline: 100,
    minSeconds: 300,
    advanceWhen: "no-harm-found",
  },
};
const worse = (ratio: number, regressionSecond = 0): RolloutPlan => ({
  ...plan,
  guardrails: [{ ...errors, ratio }],
  regressionSecond,
});
const peer = (forecast: ReturnType<typeof simulateRollout>, name: string) =>
  forecast.peers.find((each) => each.name.startsWith(name));

describe("a healthy candidate", () => {
  const forecast = simulateRollout(plan, { runs: 300, seed: 1 });

  test("is hardly ever rolled back, and goes through all steps", () => {
    expect(forecast.falseRollbackShare).toBeLessThanOrEqual(0.05);
    expect(forecast).toMatchObject({ detectedShare: 0, detectionSeconds: undefined, heldShare: 0 });
    expect(forecast.promotedShare).toBe(1 - forecast.falseRollbackShare);
    expect(forecast.promotedEarlyShare).toBe(0);
  });

  test("is rolled back by a strict threshold nearly always, by a peeked test in one rollout of three", () => {
    // docs/spec/sequential-analysis.md section 14.2: 100%, 0%, 3.3% and 32.3%.
    expect(peer(forecast, "Strict")?.falseRollbackShare).toBeGreaterThan(0.98);
    expect(peer(forecast, "Argo")?.falseRollbackShare).toBe(0);
    expect(peer(forecast, "Flagger")?.falseRollbackShare).toBeLessThan(0.08);
    expect(peer(forecast, "Peeked")?.falseRollbackShare).toBeCloseTo(0.32, 1);
  });

  test("gets the same forecast from the same seed, and another from another", () => {
    const again = simulateRollout(plan, { runs: 300, seed: 1 });
    expect(again).toEqual(forecast);
    expect(simulateRollout(plan, { runs: 300, seed: 2 })).not.toEqual(forecast);
  });
});

test("ten times the errors are found within two minutes; by the examples of others in 11, or in a third of rollouts", () => {
  const forecast = simulateRollout(worse(10), { runs: 300, seed: 1 });
  expect(forecast.detectedShare).toBe(1);
  expect(forecast.detectionSeconds?.median).toBeLessThanOrEqual(120);
  expect(forecast.exposedRequests?.median).toBeCloseTo(forecast.detectionSeconds?.median ?? 0, -2);
  expect(peer(forecast, "Flagger")?.detectionSeconds?.median).toBe(660);
  expect(peer(forecast, "Argo")?.detectedShare).toBeCloseTo(0.314, 1);
});

test("time and exposure count from the regression, and what is rolled back before it is a false rollback", () => {
  const forecast = simulateRollout(worse(10, 1200), { runs: 300, seed: 1 });
  expect(forecast.detectionSeconds?.p90).toBeLessThan(300);
  expect(forecast.exposedRequests?.p90).toBeLessThan(5 * 300);
  expect(peer(forecast, "Strict")).toMatchObject({ detectedShare: expect.any(Number) });
  expect(peer(forecast, "Strict")?.falseRollbackShare).toBeGreaterThan(0.9);
});

test("a step without enough traffic waits for it, and one without proof for a person", () => {
  const quiet = { ...plan, requestsPerSecond: [0.2], policy: { ...plan.policy, minUnitsCanary: 30 } };
  expect(simulateRollout(quiet, { runs: 20, seed: 1 }).promotedShare).toBe(1);
  expect(simulateRollout({ ...plan, requestsPerSecond: [0] }, { runs: 3, seed: 1 })).toMatchObject({ heldShare: 1 });
  const provable = { ...errors, safeMargin: 0.2 };
  const strict = { ...plan, guardrails: [provable], policy: { ...plan.policy, advanceWhen: "proved-safe" as const } };
  expect(simulateRollout(strict, { runs: 50, seed: 1 }).heldShare).toBeGreaterThan(0.9);
});

test("much traffic proves a healthy candidate safe before its time", () => {
  const guardrails = [
    { ...errors, share: 0.5, safeMargin: 1 },
    { ...errors, name: "slow", share: 0.5, baseRate: 0.05, safeMargin: 0.5 },
  ];
  const forecast = simulateRollout({ ...plan, guardrails, requestsPerSecond: [100] }, { runs: 50, seed: 1 });
  expect(forecast.promotedEarlyShare).toBeGreaterThan(0.9);
});

test("traffic follows its profile: harm waits for the morning", () => {
  const night = { ...worse(10), requestsPerSecond: [...Array.from({ length: 10 }, () => 0), 10] };
  const forecast = simulateRollout(night, { runs: 100, seed: 1 });
  expect(forecast.detectionSeconds?.median).toBeGreaterThan(600);
  expect(forecast.detectedShare).toBe(1);
});
