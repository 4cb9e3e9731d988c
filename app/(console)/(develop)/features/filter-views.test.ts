import { expect, test } from "vitest";
import type { ViewRow } from "#components/watch/features/view-row.ts";
import type { FeatureView } from "#server/develop/features/contract.ts";
import { readViewFilter } from "./filter-views.ts";

function rowOf(name: string, changes: Partial<ViewRow> = {}): ViewRow {
  const current = {
    entities: [{ name: "driver", joinKey: "driver_id", type: "int64" }],
    features: [{ name: "trips", type: "int64" }],
    expressions: [],
  };
  return {
    view: { name, source: "driver_push", current } as unknown as FeatureView,
    facts: { ageUs: 50, ttlUs: 100 },
    users: [{ name: "eta", href: undefined }],
    servedAgeUs: 50,
    materialised: null,
    lookUpsPerSecond: 1,
    foundShare: 0.95,
    staleShare: 0,
    skew: null,
    ...changes,
  };
}

const rows = [
  rowOf("stats"),
  rowOf("late_stats", { facts: { ageUs: 150, ttlUs: 100 } }),
  rowOf("orders", { foundShare: 0.5, users: [] }),
  rowOf("empty", { facts: { ageUs: null, ttlUs: 100 }, foundShare: null }),
];

test.each([
  ["", ["stats", "late_stats", "orders", "empty"]],
  ["STATS", ["stats", "late_stats"]],
  ["driver_push", ["stats", "late_stats", "orders", "empty"]],
  ["eta", ["stats", "late_stats", "empty"]],
  ["state = late", ["late_stats"]],
  ['state = "no data"', ["empty"]],
  ["view ~ stats and age > 0.7", ["late_stats"]],
  ["age <= 0.5", ["stats", "orders"]],
  ["found < 0.9", ["orders"]],
  ["user != eta", ["orders"]],
  ["feature = trips and key = driver_id and found >= 0.95", ["stats", "late_stats"]],
])("selects by %j", (text, expected) => {
  const { matches } = readViewFilter(text);
  expect(rows.filter((row) => matches?.(row)).map(({ view }) => view.name)).toEqual(expected);
});

test.each([
  ["size > 3", 'There is no field "size".'],
  ["age > old", '"old" is not a number.'],
  ["age ~ 1", 'Compare "age" with'],
  ["view < a", 'Compare "view" with'],
  ["age >", "Expected a sign and a value"],
  ["age > 1 or age < 2", 'Combine conditions with "and".'],
])("names the mistake in %j", (text, message) => {
  expect(readViewFilter(text).problem?.message).toContain(message);
});
