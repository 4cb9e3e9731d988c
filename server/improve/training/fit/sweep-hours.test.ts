import { expect, test } from "vitest";
import { sweepHours } from "./sweep-hours.ts";

test("counts rounds of trials, at their limit and as earlier jobs took", () => {
  expect(sweepHours({ trials: 30, parallel: 4, limit: 2, earlier: [] })).toEqual({ max: 16, usual: null });
  // 4 in 5 of the earlier jobs took at most 0.5 h.
  expect(sweepHours({ trials: 30, parallel: 4, limit: 2, earlier: [0.1, 0.5, 0.2, 0.4, 9] })).toEqual({
    max: 16,
    usual: 4,
  });
  // None takes longer than its limit, and one alone is a round.
  expect(sweepHours({ trials: 3, parallel: 8, limit: 2, earlier: [5] })).toEqual({ max: 2, usual: 2 });
});
