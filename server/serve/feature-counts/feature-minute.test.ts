import { expect, test } from "vitest";
import type { LookUpStatus, ViewAnswer } from "#server/develop/features/contract.ts";
import { countViewAnswer, emptyFeatureMinute } from "./feature-minute.ts";

const servedAt = 1_000_000_000_000;
const second = 1_000_000;

function view(events: (number | null)[], ttlUs: number | null = 60 * second): ViewAnswer {
  return {
    viewId: "v",
    view: "trips",
    number: 1,
    ttlUs,
    version: 1,
    eventAt: events,
    createdAt: events,
    ageUs: events.map((event) => (event === null ? null : Math.max(0, servedAt - event))),
    keys: events.map(() => Buffer.alloc(8)),
    sources: events.map(() => "asked"),
  };
}

function count(answer: ViewAnswer, statuses: LookUpStatus[][] = [], limits: number[] = []) {
  const counts = emptyFeatureMinute({ workspaceId: "w", viewId: "v", consumer: "", minute: 0 });
  const columns = statuses.map((of) => {
    return { name: "x", feature: "x", type: "int64" as const, values: [], statuses: of, answer };
  });
  countViewAnswer(counts, { columns, servedAt }, answer, limits);
  return counts;
}

test("counts each row as found, stale or missing, with its age", () => {
  const answer = view([servedAt - 10 * second, servedAt - 60 * second, servedAt - 60 * second - 1, null]);
  expect(count(answer)).toMatchObject({
    lookUps: 4,
    found: 2,
    stale: 1,
    missing: 1,
    clockAhead: 0,
    // 10 s is 2^13.29 ms, 60 s 2^15.87 ms.
    atLookUp: { 53: 1, 63: 2 },
  });
});

test("counts future events as new and as clock ahead, and never as stale without a TTL", () => {
  expect(count(view([servedAt + second, 0], null))).toMatchObject({ found: 2, stale: 0, clockAhead: 1 });
  expect(count(view([servedAt + second, 0], 0))).toMatchObject({ found: 2, stale: 0, clockAhead: 1 });
});

test("counts rows that lack a value once, and only those that count", () => {
  const answer = view([servedAt, servedAt, servedAt - 61 * second]);
  const statuses: LookUpStatus[][] = [
    ["NULL_VALUE", "PRESENT", "OUTSIDE_MAX_AGE"],
    ["NULL_VALUE", "PRESENT", "NULL_VALUE"],
  ];
  expect(count(answer, statuses)).toMatchObject({ found: 2, nulls: 1 });
});

test("counts exactly at the limits, to the microsecond", () => {
  const answer = view([servedAt - 5 * second, servedAt - 5 * second - 1, null], null);
  expect(count(answer, [], [5_000, 6_000]).atLimits).toEqual({ 5000: [1, 2], 6000: [2, 2] });
});
