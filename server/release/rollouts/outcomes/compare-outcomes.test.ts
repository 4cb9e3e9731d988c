import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import type { RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import { compareOutcomes } from "./compare-outcomes.ts";

const row = (values: Partial<RolloutCount>): RolloutCount => ({
  metric: "conversions",
  bin: 0,
  step: 0,
  arm: "stable",
  weight: 0.5,
  units: 0,
  events: 0,
  misses: 0,
  sum: 0,
  sumSquares: 0,
  ...values,
});

test("compares arms per step, so that a good day with many canary units does not count as a gain", () => {
  // Both sell as well in either step, but the second one, with half of the units, is a day of sales.
  const rows = [
    row({ step: 0, weight: 0.1, units: 9000, events: 90, sum: 900, sumSquares: 9000 }),
    row({ step: 0, weight: 0.1, arm: "canary", units: 1000, events: 10, sum: 100, sumSquares: 1000 }),
    row({ step: 1, units: 5000, events: 500, sum: 5000, sumSquares: 50_000 }),
    row({ step: 1, arm: "canary", units: 5000, events: 500, sum: 5000, sumSquares: 50_000 }),
  ];
  const { stable, canary, rateRatio, valueGain } = compareOutcomes(rows, 2, 0.05);
  expect(canary.rate.estimate).toBeCloseTo(0.085, 6);
  expect(stable.rate.estimate).toBeCloseTo(590 / 14_000, 6);
  expect(rateRatio.estimate).toBeCloseTo(1, 9);
  expect(rateRatio.low).toBeLessThan(1);
  expect(rateRatio.high).toBeGreaterThan(1);
  expect(valueGain.estimate).toBeCloseTo(0, 9);
});

test("separates units of monitoring, and includes them in the total gain of canary units", () => {
  const rows = [
    row({ units: 1000, events: 100, sum: 1000, sumSquares: 10_000 }),
    row({ arm: "canary", units: 1000, events: 150, sum: 1500, sumSquares: 15_000 }),
    row({ step: 1, weight: 1, arm: "canary", units: 4000, events: 600, sum: 6000, sumSquares: 60_000 }),
  ];
  const { after, valueGain, totalGain, canary } = compareOutcomes(rows, 1, 0.05);
  expect(canary).toMatchObject({ units: 1000, events: 150, value: 1500 });
  expect(after).toMatchObject({ units: 4000, events: 600, rate: { estimate: 0.15 }, valuePerUnit: { estimate: 1.5 } });
  expect(valueGain.estimate).toBeCloseTo(0.5, 9);
  expect(totalGain.estimate).toBeCloseTo(2500, 6);
});

test("estimates nothing without enough units or values", () => {
  const none = { estimate: null, low: null, high: null };
  const nothing = compareOutcomes([], 1, 0.05);
  expect(nothing).toMatchObject({ rateRatio: { estimate: null, low: null, high: null }, valueGain: none, after: null });
  expect(nothing.canary).toEqual({ units: 0, events: 0, rate: none, value: null, valuePerUnit: none });
  const few = compareOutcomes(
    [
      row({ units: 20, events: 2, sum: 20, sumSquares: 200 }),
      row({ arm: "canary", units: 20, events: 1, sum: 10, sumSquares: 100 }),
    ],
    1,
    0.05,
  );
  expect(few.valueGain).toEqual({ estimate: -0.5, low: null, high: null });
});

test("covers the actual gain at the nominal rate when evaluated 100 times", () => {
  const random = seededRandom(11);
  const runs = 200;
  let missed = 0;
  for (let run = 0; run < runs; run += 1) {
    const arms = { stable: row({}), canary: row({ arm: "canary" }) };
    for (let unit = 1; unit <= 10_000; unit += 1) {
      const arm = arms[random() < 0.5 ? "stable" : "canary"];
      const value = random() < 0.1 ? -20 * Math.log(1 - random()) : 0;
      arm.units += 1;
      arm.sum += value;
      arm.sumSquares += value ** 2;
      if (unit % 100 > 0) continue;
      const { low, high } = compareOutcomes([arms.stable, arms.canary], 1, 0.05).valueGain;
      if ((low ?? -1) <= 0 && (high ?? 1) >= 0) continue;
      missed += 1;
      break;
    }
  }
  expect(missed / runs).toBeLessThanOrEqual(0.05);
});
