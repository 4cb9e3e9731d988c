import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import { minuteSums } from "#server/stats/burn-rate/minute-sums.ts";
import { burnStart } from "./read-slo-signals.ts";

/** When minutes of 100 events, so many of them bad, began to spend more than a budget of 1 %. */
function startOf(bad: number[]): number | null {
  const sums = minuteSums({ good: bad.map((count) => 100 - count), total: bad.map(() => 100) });
  const found = burnStart({ start: 0, sums, budget: 0.01 }, { from: 0, to: bad.length * minuteMs });
  return found === null ? null : found / minuteMs;
}

test("finds the minute since which more is spent than the budget allows", () => {
  expect(startOf([0, 1, 0, 2, 0, 0, 5, 4, 0, 6, 5])).toBe(6);
  // A burst that was made up for since is no start.
  expect(startOf([9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 9])).toBe(12);
  expect(startOf([5, 5, 5, 5])).toBeNull();
  expect(startOf([0, 0, 0, 0])).toBeNull();
});
