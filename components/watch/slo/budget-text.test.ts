import { expect, test } from "vitest";
import { budgetCondition } from "#server/watch/slo/condition/contract.ts";
import { burnText, describeScale, describeUnending, formatRemaining } from "./budget-text.ts";

const hour = 3_600_000;
const budget = { remaining: 0.6, evenPace: 0.54, burnRate: 0.4, exhaustedAt: null };

test("derives the state of a budget from remaining budget, pace and burn rate", () => {
  const word = (change: object) => budgetCondition({ ...budget, ...change }, 0);
  expect(word({})).toEqual({ state: "on-target", word: "On pace" });
  expect(word({ remaining: 1 }).word).toBe("Unused");
  expect(word({ remaining: 0.4, burnRate: 1.2 })).toEqual({ state: "watch", word: "Behind pace" });
  expect(word({ remaining: 0.4, burnRate: 0.9 }).word).toBe("On pace");
  expect(word({ remaining: 0.2, burnRate: 2, exhaustedAt: 50 * hour }).word).toBe("Exhausted in 2\u00a0d 2\u00a0h");
  expect(word({ remaining: 0.4, burnRate: 2, evenPace: null }).word).toBe("Burning");
  expect(word({ remaining: -0.18 })).toEqual({ state: "missed", word: "Exhausted" });
  expect(word({ remaining: null })).toEqual({ state: "no-data", word: "No data" });
  expect(budgetCondition(null, 0).state).toBe("no-data");
});

test("formats numbers identically in the tile, the cell and the screen-reader text", () => {
  expect(formatRemaining({ remaining: 0.3239 })).toBe("32.4% left");
  expect(formatRemaining({ remaining: -0.18, bad: 59 })).toBe("18% over");
  expect(formatRemaining({ remaining: -121.993, bad: 125 })).toBe(">\u00a010× budget, 125 bad events");
  expect(formatRemaining(null)).toBe("–");
  expect(burnText(4.13)).toBe("4.1×");
  expect(burnText(null)).toBe("–");
  expect(describeScale({ ...budget, exhaustedAt: hour }, 0)).toBe(
    "Error budget: 60% left, even pace 54%, exhausted in 1\u00a0h",
  );
  expect(describeScale(null, 0)).toBe("Error budget: no data");
});

test("describes a budget without a projected end as exhausted, not projected or unknown", () => {
  expect(describeUnending({ remaining: -0.18 })).toBe("exhausted");
  expect(describeUnending({ remaining: 0 })).toBe("exhausted");
  expect(describeUnending({ remaining: 0.4 })).toBe("not projected");
  expect(describeUnending(null)).toBe("–");
});
