import { expect, test } from "vitest";
import { type AbortFacts, abortConditions, findAbortReason } from "./abort-conditions.ts";

const now = 1_780_000_000_000;
const fine: AbortFacts = {
  now,
  budgets: [
    { name: "latency", before: 0.93, now: 0.907 },
    { name: "quality", before: 0.4, now: null },
  ],
  steady: 6,
  lost: [],
  otherPages: [],
  incidents: [],
  isFrozen: false,
  isRollingOut: false,
  ownerSeenAt: now - 12_000,
  leasedUntil: now + 26_000,
};

test("says how far each condition is, and nothing of one that is not running", () => {
  expect(findAbortReason(fine)).toBeNull();
  const found = abortConditions(fine);
  expect(found.map(({ key, found, limit, used }) => [key, found, limit, used && Number(used.toFixed(2))])).toEqual([
    ["budget", "2.3%", "5%", 0.46],
    ["other-endpoint", "0", "of 6 SLOs", null],
    ["other-page", "0", "", null],
    ["incident", "none", "", null],
    ["rollout-or-freeze", "none", "", null],
    ["owner-away", "12\u00a0s", "2\u00a0min", 0.1],
    ["lease", "4\u00a0s", "30\u00a0s", 0.13],
  ]);
  const planned = abortConditions(null);
  expect(planned.map(({ key }) => key)).toEqual(found.map(({ key }) => key));
  expect(planned.every(({ found, isReached }) => found === "" && !isReached)).toBe(true);
});

test.each<[string, Partial<AbortFacts>, string]>([
  ["budget", { budgets: [{ name: "latency", before: 0.93, now: 0.87 }] }, "It used 6% of the latency budget, max 5%."],
  ["other-endpoint", { lost: [{ name: "p95", endpoint: "eta" }] }, "p95 of eta burns"],
  ["other-page", { otherPages: ["eta is down"] }, "eta is down"],
  ["incident", { incidents: [8] }, "INC-8 was declared."],
  ["rollout-or-freeze", { isRollingOut: true }, "A rollout started"],
  ["owner-away", { ownerSeenAt: now - 121_000 }, "closed for 2\u00a0min"],
  ["lease", { leasedUntil: now }, "did not renew"],
])("aborts by %s", (key, change, words) => {
  const reached = abortConditions({ ...fine, ...change }).filter(({ isReached }) => isReached);
  expect(reached.map(({ key }) => key)).toEqual([key]);
  expect(findAbortReason({ ...fine, ...change })).toContain(words);
});
