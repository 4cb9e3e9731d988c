import { describe, expect, test } from "vitest";
import { type RolloutPlan, simulateRollout } from "./simulate.ts";
import { errors, peer, plan } from "./simulated-plan-testing.ts";

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
