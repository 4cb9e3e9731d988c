import { expect, test } from "vitest";
import type { Change } from "#server/respond/changes/contract.ts";
import { rankChanges } from "./rank-changes.ts";

const startedAt = Date.UTC(2026, 4, 4, 10, 0);
const change = (id: string, kind: Change["kind"], minutesBefore: number, title = id): Change => ({
  id,
  kind,
  title,
  actor: "Ada",
  href: null,
  before: null,
  after: null,
  endpointId: null,
  at: new Date(startedAt - minutesBefore * 60_000),
});
const order = (changes: Change[], segments: string[] = []) =>
  rankChanges(changes, { startedAt, segments }).map(({ change }) => change.id);

test("the nearest deploy before the start is first; what came after it is no cause", () => {
  const changes = [change("late", "deploy", -5), change("near", "deploy", 2), change("far", "deploy", 90)];
  expect(order(changes)).toEqual(["near", "far"]);
});

test("a minute is counted from its beginning, so what was recorded just after the start may have begun it", () => {
  expect(order([change("in that minute", "deploy", -1)])).toEqual(["in that minute"]);
});

test("a change that names a bad segment is likelier than a deploy of the same time; a freeze is no cause", () => {
  const changes = [change("deploy", "deploy", 10), change("load", "data", 10, "merchant_profile loaded")];
  expect(order(changes)).toEqual(["deploy", "load"]);
  expect(order(changes, ["merchant_profile"])).toEqual(["load", "deploy"]);
  expect(order([change("freeze", "freeze", 1)])).toEqual([]);
});
