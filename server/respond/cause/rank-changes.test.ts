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

test("ranks the nearest deployment before the start first, and ignores later ones", () => {
  const changes = [change("late", "deploy", -5), change("near", "deploy", 2), change("far", "deploy", 90)];
  expect(order(changes)).toEqual(["near", "far"]);
});

test("counts a minute from its start, and includes changes recorded within it", () => {
  expect(order([change("in that minute", "deploy", -1)])).toEqual(["in that minute"]);
});

test("ranks a change that names a bad segment above a deployment, and ignores a freeze", () => {
  const changes = [change("deploy", "deploy", 10), change("load", "data", 10, "merchant_profile loaded")];
  expect(order(changes)).toEqual(["deploy", "load"]);
  expect(order(changes, ["merchant_profile"])).toEqual(["load", "deploy"]);
  expect(order([change("freeze", "freeze", 1)])).toEqual([]);
});
