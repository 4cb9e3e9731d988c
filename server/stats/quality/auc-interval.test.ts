import { expect, test } from "vitest";
import { realisedRanking } from "../estimation/ranked-metrics.ts";
import { normalShareBelow } from "../normal.ts";
import { normalFrom, seededRandom } from "../random.ts";
import { aucInterval } from "./auc-interval.ts";

test("leaves an area of 1 of eight rows uncertain, and is symmetric", () => {
  const interval = aucInterval(1, 3, 5);
  expect(interval?.high).toBe(1);
  expect(interval?.low).toBeGreaterThan(0.4);
  expect(interval?.low).toBeLessThan(0.7);
  const none = aucInterval(0, 3, 5);
  expect(none?.high).toBeCloseTo(1 - (interval?.low ?? 0), 9);
  expect(aucInterval(0.8, 0, 5)).toBeNull();
  expect(aucInterval(Number.NaN, 3, 5)).toBeNull();
});

test("narrows like Hanley and McNeil's with many rows", () => {
  // Hanley and McNeil 1982: the standard error of 0.893 from 51 and 58 rows is 0.032.
  const { low = 0, high = 0 } = aucInterval(0.893, 51, 58) ?? {};
  expect((high - low) / 2 / 1.96).toBeCloseTo(0.032, 2);
  const many = aucInterval(0.893, 51_000, 58_000);
  expect((many?.high ?? 0) - (many?.low ?? 0)).toBeLessThan(0.005);
});

test.each([
  [3, 5, 1.5],
  [5, 40, 2.5],
  [20, 20, 1],
  [10, 300, 0.5],
])(
  "covers the true area with %d positives and %d negatives in 93 to 99.9% of samples",
  (positives, negatives, distance) => {
    const random = seededRandom(12);
    const truth = normalShareBelow(distance / Math.SQRT2);
    const outcomes = [...new Array<number>(positives).fill(1), ...new Array<number>(negatives).fill(0)];
    let held = 0;
    const samples = 600;
    for (let sample = 0; sample < samples; sample += 1) {
      const scores = outcomes.map((outcome) => normalFrom(random) + outcome * distance);
      const interval = aucInterval(realisedRanking({ scores, outcomes }).rocAuc ?? 0, positives, negatives);
      if (interval && interval.low <= truth && interval.high >= truth) held += 1;
    }
    expect(held / samples).toBeGreaterThan(0.93);
    expect(held / samples).toBeLessThan(0.999);
  },
);
