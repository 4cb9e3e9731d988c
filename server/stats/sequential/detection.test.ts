import { describe, expect, test } from "vitest";
import { normalShareBelow } from "../normal.ts";
import { seededRandom } from "../random.ts";
import { expectedEvents, simulatedEvents } from "./eta.ts";
import { boundary, GridGate, worseGrid } from "./grid-gate.ts";
import { detection } from "./made-courses.ts";
import { RestartGate } from "./restart-gate.ts";

const runs = 500;

describe("detection from 0.5% errors at 10, 25 and 50% for ten minutes each", () => {
  test.each([
    [600, 4, 6, 0.99],
    [600, 10, 2, 0.99],
    [60, 10, 10, 0.99],
    [6000, 4, 1, 0.99],
  ])(
    "detects at %d requests per minute with %d times the errors within %d minutes",
    (requestsPerMinute, ratio, most, power) => {
      const { share, medianMinutes } = detection({ requestsPerMinute, baseRate: 0.005, ratio }, 2000, 1);
      expect(medianMinutes).toBeLessThanOrEqual(most);
      expect(share).toBeGreaterThanOrEqual(power);
    },
  );

  test("detects only half of fourfold errors at low traffic", () => {
    const { share } = detection({ requestsPerMinute: 60, baseRate: 0.005, ratio: 4 }, runs, 2);
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
  });

  test("detects a regression from the third step sooner than a single cumulative gate", () => {
    const late = { requestsPerMinute: 600, baseRate: 0.005, ratio: 4, worseFromStep: 2 };
    expect(detection(late, runs, 3).share).toBeGreaterThan(0.93);
    const hours = { ...late, steps: [0.1, 0.25, 0.5].map((weight) => ({ weight, minutes: 120 })) };
    const { share, medianMinutes } = detection(hours, 200, 4);
    expect(share).toBe(1);
    // The reference: 5 minutes; a single gate needs 19.
    expect(medianMinutes).toBeLessThan(7);
  });
});

test("detects 1.5 times the latency within a median of 50 canary requests at 10%", () => {
  // Lognormal with σ = 0.5, and "slow" is above the baseline's 95th percentile.
  const slow = { canary: 1 - normalShareBelow(1.644854 - Math.log(1.5) / 0.5), baseline: 0.05 };
  const random = seededRandom(5);
  const needed = Array.from({ length: runs }, () => {
    const gate = new RestartGate(3);
    gate.startStep();
    let requests = 0;
    while (gate.maxLogE < Math.log(20) && requests < 10_000) {
      const isCanary = random() < 0.1;
      if (isCanary) requests += 1;
      if (random() < (isCanary ? slow.canary : slow.baseline))
        gate.add(isCanary ? 1 : 0, isCanary ? 0 : 1, boundary(0.1, 0));
    }
    return requests;
  }).sort((a, b) => a - b);
  expect(needed[runs >> 1]).toBeLessThanOrEqual(50);
  expect(needed.at(-1)).toBeLessThan(10_000);
});

describe("expected time before a rollout", () => {
  const cells = [0.01, 0.05, 0.1, 0.25, 0.5].flatMap((weight) =>
    [1.5, 2, 4, 10].flatMap((ratio) => [0.05, 0.01].map((alpha) => ({ weight, ratio, alpha, margin: 0 }))),
  );

  test.each(cells)("is within a factor of 2 of the simulated median: %o", (effect) => {
    const factor =
      expectedEvents(effect) / simulatedEvents(effect, { runs: effect.ratio > 2 ? 2000 : 200, seed: 6 }).median;
    expect(factor).toBeGreaterThan(0.5);
    expect(factor).toBeLessThan(2);
  });

  test.each([
    [0.05, 1, 184, 446],
    [0.1, 0.5, 339, 919],
    [0.25, 1, 53, 138],
    [0.5, 2, 21, 49],
  ])(
    "also matches the time to decide safe: at a weight of %d, not %d more, %d events",
    (weight, margin, median, p90) => {
      const effect = { weight, ratio: 1, margin, alpha: 0.05 };
      const simulated = simulatedEvents(effect, { runs: 500, seed: 8 });
      // The table of docs/spec/sequential-analysis.md section 5, of 1,000 runs.
      expect(Math.abs(Math.log(simulated.median / median))).toBeLessThan(0.2);
      expect(Math.abs(Math.log(simulated.p90 / p90))).toBeLessThan(0.3);
      expect(expectedEvents(effect) / simulated.median).toBeGreaterThan(0.5);
      expect(expectedEvents(effect) / simulated.median).toBeLessThan(2);
    },
  );

  test("accounts for a margin", () => {
    const effect = { weight: 0.1, ratio: 2, alpha: 0.05, margin: 0.2 };
    const { median, p90 } = simulatedEvents(effect, { runs: 500 });
    expect(expectedEvents(effect) / median).toBeGreaterThan(0.5);
    expect(expectedEvents(effect) / median).toBeLessThan(2);
    expect(p90).toBeGreaterThan(1.5 * median);
  });
});

test("expects few events where the canary has no errors at all", () => {
  const events = expectedEvents({ weight: 0.5, ratio: 0, margin: 0, alpha: 0.05 });
  expect(events).toBeCloseTo((Math.log(20) + 1.5) / Math.log(2), 9);
});

test("never finds more evidence in a gate evaluated occasionally than in one evaluated always", () => {
  const random = seededRandom(7);
  const always = new GridGate(worseGrid);
  const rarely = new GridGate(worseGrid);
  for (let batch = 0; batch < 50; batch += 1) {
    const hits = Array.from({ length: 20 }, () => (random() < 0.12 ? 1 : 0));
    for (const hit of hits) always.add(hit, 1 - hit, 0.1);
    const sum = hits.reduce<number>((total, hit) => total + hit, 0);
    rarely.add(sum, 20 - sum, 0.1);
  }
  expect(rarely.logE()).toBeCloseTo(always.logE(), 9);
  expect(rarely.maxLogE).toBeLessThanOrEqual(always.maxLogE);
});
