import { expect, test } from "vitest";
import type { Replay } from "#server/respond/drills/contract.ts";
import { readGameDayName } from "./addresses.ts";
import { countResults, describeEnd, describeReplay, formatWithin, usedBudget } from "./game-day-text.ts";

const replay: Replay = { expectedRequests: 16_650, expectedAffected: 1526, objectives: [], problem: "" };
const objective = { sloId: "s", name: "latency", budgetUse: 0.032, points: [], pagesAbove: 14.4 };
const plain = (text: string) => text.replaceAll("\u00a0", " ");

test("says what a plan would do, and whether the rules would page", () => {
  const pages = { ...replay, objectives: [{ ...objective, pageAfterSeconds: 593 }] };
  expect(plain(describeReplay(pages, "latency"))).toBe(
    "Expected: 1,526 delayed responses and 3.2% of the error budget. Your rules would page after 9 min 53 s.",
  );
  const silent = { ...replay, objectives: [{ ...objective, pageAfterSeconds: null }] };
  expect(describeReplay(silent, "errors")).toContain("Your rules would not page.");
  expect(describeReplay(replay, "cold-model")).toBe(
    "Expected: 1,526 affected requests. No SLO of the endpoint measures this fault.",
  );
  expect(describeReplay({ ...replay, problem: "No traffic in the last week." }, "errors")).toBe(
    "No traffic in the last week.",
  );
});

test("formats ends, times, results and budgets", () => {
  expect(describeEnd({ state: "aborted", endReason: "5% of the budget used.", endedBy: null })).toBe(
    "Aborted by Leeway: 5% of the budget used.",
  );
  expect(describeEnd({ state: "ended", endReason: "", endedBy: null })).toBeUndefined();
  expect([formatWithin("acknowledged", 300), formatWithin("noHarm", null)].map(plain)).toEqual([
    "5 min later",
    "always",
  ]);
  const result = { what: "detected", withinSeconds: 60, seconds: 3, evidence: "" } as const;
  expect(
    countResults([
      { ...result, result: "met" },
      { ...result, result: "not-observed" },
    ]),
  ).toBe("1 met, 1 not observed");
  const budget = (before: number | null, after: number | null) => ({ sloId: "s", name: "s", before, after });
  expect(usedBudget({ budgets: [budget(0.93, 0.9), budget(null, 0.5)] })).toBeCloseTo(0.03);
  expect(usedBudget({ budgets: [] })).toBeNull();
});

test("reads the number of a game day from an address", () => {
  expect(["GD-14", "gd-2", "14"].map(readGameDayName)).toEqual([14, 2, 14]);
  expect(["GD-0", "GD-1x", "new", ""].map(readGameDayName)).toEqual([undefined, undefined, undefined, undefined]);
});
