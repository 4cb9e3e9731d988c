import { describe, expect, test } from "vitest";
import { type RolloutForecast, type RolloutPlan, type SimulatedGuardrail, simulateRollout } from "./simulate.ts";

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
const peer = (forecast: RolloutForecast, name: string) => forecast.peers.find((each) => each.name.startsWith(name));

describe("a record with bursts", () => {
  const bursts = { clusters: 0, rho: 0.01, assumed: 0, unsure: 0.05, unitsPerMinute: 600, minutes: 1440 };
  const bursty = (ratio: number): RolloutPlan => ({ ...plan, guardrails: [{ ...errors, ratio, dispersion: bursts }] });

  test("does not roll a healthy candidate back more often than α, unlike the peeked test", () => {
    const forecast = simulateRollout(bursty(1), { runs: 80, seed: 1 });
    expect(forecast.falseRollbackShare).toBeLessThanOrEqual(0.05);
    expect(peer(forecast, "Peeked")?.falseRollbackShare).toBeGreaterThan(0.5);
  });

  test("takes longer to find a bad one", () => {
    const found = simulateRollout(bursty(4), { runs: 60, seed: 1 }).detectionSeconds?.median as number;
    expect(found).toBeGreaterThan(420);
    expect(found).toBeLessThan(1200);
  });

  test("draws groups and gateways that differ, and tolerates both", () => {
    const grouped = { ...errors, dispersion: { ...bursts, clusters: 2, rho: 0 } };
    const forecast = simulateRollout({ ...plan, guardrails: [grouped] }, { runs: 60, seed: 1 });
    expect(forecast.falseRollbackShare).toBeLessThanOrEqual(0.05);
    const differing = { ...errors, armDeviation: 0.3, armFactor: Math.exp(2 * 0.3 * Math.SQRT2) };
    const tolerated = simulateRollout({ ...plan, guardrails: [differing] }, { runs: 80, seed: 1 });
    expect(tolerated.falseRollbackShare).toBeLessThanOrEqual(0.05);
    const { armFactor: _, ...intolerant } = differing;
    const before = simulateRollout({ ...plan, guardrails: [intolerant] }, { runs: 80, seed: 1 });
    expect(before.falseRollbackShare).toBeGreaterThan(0.06);
  });
});
