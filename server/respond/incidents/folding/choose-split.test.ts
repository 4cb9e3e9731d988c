import { expect, test } from "vitest";
import { chooseSplit, factsOfSplit, type SplitGroup } from "./choose-split.ts";

test("restores the smallest merged incident that had all of the groups, the last of several", () => {
  const parts = [
    { number: 2, mergedAt: 10, groupIds: ["a", "b"] },
    { number: 3, mergedAt: 20, groupIds: ["c"] },
    { number: 4, mergedAt: 30, groupIds: ["b"] },
    { number: 5, mergedAt: 40, groupIds: ["a", "b", "c"] },
    { number: 6, mergedAt: 15, groupIds: ["c"] },
  ];
  expect(chooseSplit(["a"], parts)).toBe(2);
  expect(chooseSplit(["b"], parts)).toBe(4);
  expect(chooseSplit(["a", "b"], parts)).toBe(2);
  expect([chooseSplit(["a", "c"], parts), chooseSplit(["c"], parts)]).toEqual([5, 3]);
  expect(chooseSplit(["a", "d"], parts)).toBeNull();
});

const group = (more: Partial<SplitGroup> = {}): SplitGroup => ({
  title: "us: 9% of requests fail",
  severity: "page",
  weight: 1_000_016,
  endpointId: "us",
  teamId: null,
  runbookId: null,
  startsAt: 100,
  createdAt: 120,
  pagedAt: 130,
  acknowledgedAt: null,
  ...more,
});

test("is about the worst group, since the first of them", () => {
  const ticket = group({ title: "drift", severity: "ticket", weight: 1, startsAt: 50, createdAt: 90, pagedAt: null });
  expect(factsOfSplit([ticket, group()], "SEV1")).toEqual({
    title: "us: 9% of requests fail",
    severity: "SEV1",
    state: "triage",
    endpointId: "us",
    teamId: null,
    runbookId: null,
    startedAt: 50,
    detectedAt: 90,
    pagedAt: 130,
    acknowledgedAt: null,
  });
});

test("is confirmed if somebody acknowledged a group of it", () => {
  const facts = factsOfSplit([group(), group({ acknowledgedAt: 150 }), group({ acknowledgedAt: 140 })], "SEV2");
  expect(facts).toMatchObject({ state: "active", acknowledgedAt: 140 });
});
