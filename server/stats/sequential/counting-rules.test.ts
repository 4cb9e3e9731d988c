import { describe, expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { binomialFrom, poissonFrom } from "../random-counts.ts";
import { floorLogE } from "./floor-gate.ts";
import { GridGate, worseGrid } from "./grid-gate.ts";
import { sampleRatioLogE } from "./sample-ratio.ts";

describe("sticky users who fail repeatedly", () => {
  /** Returns the share of healthy rollouts that are rolled back: 5,000 users, 2% of whom fail about ten times each, at 10%. */
  const rolledBack = (isFirstOnly: boolean) => {
    const random = seededRandom(5);
    let count = 0;
    for (let run = 0; run < 2000; run += 1) {
      const gate = new GridGate(worseGrid).onlyFrom(Math.log(20));
      const prone = binomialFrom(5000, 0.02, random);
      const failures = Array.from({ length: prone }, () => {
        const isCanary = random() < 0.1;
        const times = isFirstOnly ? 1 : 1 + poissonFrom(9, random);
        return Array.from({ length: times }, () => ({ at: random(), isCanary }));
      }).flat();
      for (const { isCanary } of failures.toSorted((a, b) => a.at - b.at)) {
        gate.add(isCanary ? 1 : 0, isCanary ? 0 : 1, 0.1);
        if (gate.maxLogE >= Math.log(20)) break;
      }
      if (gate.maxLogE >= Math.log(20)) count += 1;
    }
    return count / 2000;
  };

  test("rolls back healthy candidates at most at rate α if each unit counts once", () => {
    expect(rolledBack(true)).toBeLessThanOrEqual(0.05);
  });

  test("rolls back healthy candidates more often than α if every failure counts", () => {
    expect(rolledBack(false)).toBeGreaterThan(0.12);
  });
});

describe("a healthy canary that responds faster than its baseline", () => {
  /**
   * Returns the share of rollouts that are rolled back: 20 requests per second with 2% errors for ten minutes at 10%; latencies
   * exponential, of 3 s and of 30 s.
   */
  const rolledBack = (countedAt: (start: number, latency: number) => number) => {
    const random = seededRandom(6);
    let count = 0;
    for (let run = 0; run < 1000; run += 1) {
      const errors = Array.from({ length: poissonFrom(20 * 600 * 0.02, random) }, () => {
        const isCanary = random() < 0.1;
        const latency = -Math.log(1 - random()) * (isCanary ? 3 : 30);
        return { isCanary, at: countedAt(random() * 600, latency) };
      });
      const gate = new GridGate(worseGrid).onlyFrom(Math.log(20));
      for (const { isCanary, at } of errors.toSorted((a, b) => a.at - b.at))
        if (at <= 600) gate.add(isCanary ? 1 : 0, isCanary ? 0 : 1, 0.1);
      if (gate.maxLogE >= Math.log(20)) count += 1;
    }
    return count / 1000;
  };

  test("is rolled back at most at rate α when outcomes count at a fixed age", () => {
    expect(rolledBack((start) => start + 180)).toBeLessThanOrEqual(0.05);
  });

  test("is rolled back more often than α when outcomes count on arrival", () => {
    expect(rolledBack((start, latency) => start + latency)).toBeGreaterThan(0.08);
  });
});

describe("sample ratio check", () => {
  /** Returns the share of runs whose ln E reaches the limit, and the median units until then, evaluated every 10 units. */
  const doubted = (share: number, units: number, alpha: number, count: number) => {
    const random = seededRandom(7);
    const found: number[] = [];
    for (let run = 0; run < count; run += 1) {
      let canary = 0;
      for (let total = 10; total <= units; total += 10) {
        canary += binomialFrom(10, share, random);
        const row = { step: 0, weight: 0.1, events: 0 };
        const logE = sampleRatioLogE([
          { ...row, arm: "canary", units: canary },
          { ...row, arm: "baseline", units: total - canary },
        ]);
        if (logE >= -Math.log(alpha)) {
          found.push(total);
          break;
        }
      }
    }
    found.sort((a, b) => a - b);
    return { share: found.length / count, medianUnits: found[found.length >> 1] ?? Number.NaN };
  };

  test("rejects a correct split at most at rate α", () => {
    expect(doubted(0.1, 5000, 0.01, 1000).share).toBeLessThanOrEqual(0.01);
  });

  test("detects 12% instead of 10% within a median of 4,000 units, and always within 30,000", () => {
    const { share, medianUnits } = doubted(0.12, 30_000, 0.01, 100);
    expect(share).toBe(1);
    expect(medianUnits).toBeLessThan(4000);
  });
});

test("breaches the floor of both arms in a shared outage, but not that of a healthy arm", () => {
  const random = seededRandom(8);
  const breached = (rate: number) => {
    let [units, events, most] = [0, 0, 0];
    for (; units < 2000; units += 10) {
      events += binomialFrom(10, rate, random);
      most = Math.max(most, floorLogE({ units: units + 10, events }, 0.01));
    }
    return most >= -Math.log(0.005);
  };
  const times = (rate: number) => Array.from({ length: 200 }, () => breached(rate)).filter(Boolean).length;
  expect(times(0.04)).toBe(200);
  expect(times(0.01)).toBeLessThanOrEqual(4);
});
