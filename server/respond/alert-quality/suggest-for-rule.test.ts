import { expect, test } from "vitest";
import { noVerdicts, suggestForRule, type VerdictCounts } from "./suggest-for-rule.ts";

const counts = (some: Partial<VerdictCounts>): VerdictCounts => ({ ...noVerdicts, ...some });
const page = (month: VerdictCounts, isOld = false, quarter = month) =>
  suggestForRule({ severity: "page", month, quarter, isOld });

test("computes precision as the actionable share, with Wilson interval and count", () => {
  const { precision, duplicateRate } = page(counts({ actionable: 6, known: 1, noise: 2, duplicate: 1 }));
  // Wilson, 95%, 6 of 10: 0.3127 to 0.8318.
  expect(precision).toEqual({ share: 0.6, low: expect.closeTo(0.3127, 4), high: expect.closeTo(0.8318, 4), count: 10 });
  expect(duplicateRate).toBe(0.1);
});

test("returns nothing without feedback", () => {
  expect(page(noVerdicts)).toEqual({ precision: null, duplicateRate: null, suggestion: null });
});

test("suggests a ticket for a page below 50% with eight responses, not with seven, at 50% or for a ticket", () => {
  expect(page(counts({ actionable: 3, noise: 5 })).suggestion?.kind).toBe("make-ticket");
  expect(page(counts({ actionable: 2, noise: 5 })).suggestion).toBeNull();
  expect(page(counts({ actionable: 4, noise: 4 })).suggestion).toBeNull();
  const month = counts({ actionable: 3, noise: 5 });
  expect(suggestForRule({ severity: "ticket", month, quarter: month, isOld: false }).suggestion).toBeNull();
});

test("suggests deleting a rule of 90 days without actionable feedback, but not a younger or silent one", () => {
  expect(page(counts({ noise: 1 }), true).suggestion?.kind).toBe("delete");
  expect(page(noVerdicts, true, counts({ known: 2 })).suggestion?.kind).toBe("delete");
  expect(page(counts({ noise: 1 }), true, counts({ noise: 1, actionable: 1 })).suggestion).toBeNull();
  expect(page(counts({ noise: 1 }), false).suggestion).toBeNull();
  expect(page(noVerdicts, true).suggestion).toBeNull();
});
