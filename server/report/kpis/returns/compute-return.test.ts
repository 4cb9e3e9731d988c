import { expect, test } from "vitest";
import { computeReturn, type SideDays } from "./compute-return.ts";

const side = (values: number[], cost: number | null = null): SideDays => ({
  from: new Date(0),
  to: new Date(values.length * 86_400_000),
  values,
  cost,
  events: values.map(() => 1),
});
const common = { better: "more", unit: "€", version: "churn v3" } as const;

test("computes the gain from the difference of daily means, times the days after", () => {
  const found = computeReturn({ ...common, before: side([10, 12, 11, 11], 8), after: side([20, 22, 21, 21], 16) });
  expect(found.gainPerDay?.estimate).toBeCloseTo(10, 9);
  expect(found.gain?.estimate).toBeCloseTo(40, 9);
  expect(found.extraCost).toBeCloseTo(8, 9);
  expect(found.returnOnInvestment?.estimate).toBeCloseTo((40 - 8) / 8, 9);
  expect(found.returnOnInvestment?.low).toBeLessThan(4);
  expect(found.words[0]).toContain("10\u00a0€ per day more since churn v3");
});

test("counts a decrease as a gain where less is better", () => {
  const found = computeReturn({ ...common, better: "less", before: side([5, 6, 5]), after: side([2, 2, 3]) });
  expect(found.gainPerDay?.estimate).toBeCloseTo(3, 9);
  expect(found.gainPerDay?.low).toBeGreaterThan(0);
  expect(found.words[0]).toContain("per day less since");
});

test("reports no difference for an interval with 0, and no return for unknown costs", () => {
  const found = computeReturn({ ...common, before: side([1, 9, 2, 8]), after: side([2, 9, 1, 9]) });
  expect(found.returnOnInvestment).toBeNull();
  expect(found.words).toContain("The interval includes 0: no significant difference yet.");
  expect(found.words).toContain("The additional cost is unknown because no prices are set.");
});

test("claims nothing with one day on a side", () => {
  const found = computeReturn({ ...common, before: side([1, 2, 3]), after: side([9]) });
  expect([found.gainPerDay, found.gain, found.returnOnInvestment]).toEqual([null, null, null]);
  expect(found.words[0]).toBe(
    "Not enough data: 3 full days before and 1 after; at least two on each side are required.",
  );
});
