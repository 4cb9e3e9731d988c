import { describe, expect, test } from "vitest";
import { type RolloutPlan, simulateRollout } from "./simulate.ts";
import { errors, peer, plan } from "./simulated-plan-testing.ts";

const worse = (ratio: number, regressionSecond = 0): RolloutPlan => ({
  ...plan,
  guardrails: [{ ...errors, ratio }],
  regressionSecond,
});

describe("a healthy candidate", () => {
  const forecast = simulateRollout(plan, { runs: 300, seed: 1 });

  test("is almost never rolled back and completes all steps", () => {
    expect(forecast.falseRollbackShare).toBeLessThanOrEqual(0.05);
    expect(forecast).toMatchObject({ detectedShare: 0, detectionSeconds: undefined, heldShare: 0 });
    expect(forecast.promotedShare).toBe(1 - forecast.falseRollbackShare);
    expect(forecast.promotedEarlyShare).toBe(0);
  });

  test("is almost always rolled back by a strict threshold, and in a third of rollouts by a peeked test", () => {
    // docs/spec/sequential-analysis.md section 14.2: 100%, 0%, 3.3% and 32.3%.
    expect(peer(forecast, "Strict")?.falseRollbackShare).toBeGreaterThan(0.98);
    expect(peer(forecast, "Argo")?.falseRollbackShare).toBe(0);
    expect(peer(forecast, "Flagger")?.falseRollbackShare).toBeLessThan(0.08);
    expect(peer(forecast, "Peeked")?.falseRollbackShare).toBeCloseTo(0.32, 1);
  });

  test("gets the same forecast from the same seed, and a different one from another", () => {
    const again = simulateRollout(plan, { runs: 300, seed: 1 });
    expect(again).toEqual(forecast);
    expect(simulateRollout(plan, { runs: 300, seed: 2 })).not.toEqual(forecast);
  });
});

test("detects ten times the errors within two minutes, unlike Flagger (11) and Argo (a third of rollouts)", () => {
  const forecast = simulateRollout(worse(10), { runs: 300, seed: 1 });
  expect(forecast.detectedShare).toBe(1);
  expect(forecast.detectionSeconds?.median).toBeLessThanOrEqual(120);
  expect(forecast.exposedRequests?.median).toBeCloseTo(forecast.detectionSeconds?.median ?? 0, -2);
  expect(peer(forecast, "Flagger")?.detectionSeconds?.median).toBe(660);
  expect(peer(forecast, "Argo")?.detectedShare).toBeCloseTo(0.314, 1);
});

test("measures time and exposure from the regression, and counts earlier rollbacks as false", () => {
  const forecast = simulateRollout(worse(10, 1200), { runs: 300, seed: 1 });
  expect(forecast.detectionSeconds?.p90).toBeLessThan(300);
  expect(forecast.exposedRequests?.p90).toBeLessThan(5 * 300);
  expect(peer(forecast, "Strict")).toMatchObject({ detectedShare: expect.any(Number) });
  expect(peer(forecast, "Strict")?.falseRollbackShare).toBeGreaterThan(0.9);
});

test("waits in a step for enough traffic, and holds without a required safe verdict", () => {
  const quiet = { ...plan, requestsPerSecond: [0.2], policy: { ...plan.policy, minUnitsCanary: 30 } };
  expect(simulateRollout(quiet, { runs: 20, seed: 1 }).promotedShare).toBe(1);
  expect(simulateRollout({ ...plan, requestsPerSecond: [0] }, { runs: 3, seed: 1 })).toMatchObject({ heldShare: 1 });
  const provable = { ...errors, safeMargin: 0.2 };
  const strict = { ...plan, guardrails: [provable], policy: { ...plan.policy, advanceWhen: "proved-safe" as const } };
  expect(simulateRollout(strict, { runs: 50, seed: 1 }).heldShare).toBeGreaterThan(0.9);
});

test("promotes a healthy candidate early at high traffic", () => {
  const guardrails = [
    { ...errors, share: 0.5, safeMargin: 1 },
    { ...errors, name: "slow", share: 0.5, baseRate: 0.05, safeMargin: 0.5 },
  ];
  const forecast = simulateRollout({ ...plan, guardrails, requestsPerSecond: [100] }, { runs: 50, seed: 1 });
  expect(forecast.promotedEarlyShare).toBeGreaterThan(0.9);
});

test("follows the traffic profile, so that detection waits for the morning", () => {
  const night = { ...worse(10), requestsPerSecond: [...Array.from({ length: 10 }, () => 0), 10] };
  const forecast = simulateRollout(night, { runs: 100, seed: 1 });
  expect(forecast.detectionSeconds?.median).toBeGreaterThan(600);
  expect(forecast.detectedShare).toBe(1);
});
