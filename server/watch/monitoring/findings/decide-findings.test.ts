import { expect, test } from "vitest";
import { hourMs } from "#server/base/durations.ts";
import { type FoundFinding, NewFinding } from "./contract.ts";
import { decideFindings, type StoredFinding } from "./decide-findings.ts";

const now = 1_000 * hourMs;
const found = (key: string, more: object = {}): FoundFinding =>
  NewFinding.parse({ key, kind: "drift", severity: "ticket", words: "It changed.", ...more });
const kept = (key: string, seenAgoHours: number, closedAgoHours: number | null = null): StoredFinding => ({
  id: `${key}-id`,
  key,
  seenAt: now - seenAgoHours * hourMs,
  closedAt: closedAgoHours === null ? null : now - closedAgoHours * hourMs,
});
const ofDay = { now, holdMs: 24 * hourMs };

test("opens new findings and keeps existing ones", () => {
  const decided = decideFindings({ ...ofDay, kept: [kept("a", 1)], found: [found("a"), found("b")] });
  expect(decided.open.map(({ key }) => key)).toEqual(["b"]);
  expect(decided.keep).toMatchObject([{ id: "a-id", isAgain: false }]);
  expect(decided.close).toEqual([]);
});

test("keeps an absent finding open for its hold, then closes it", () => {
  const decided = decideFindings({ ...ofDay, kept: [kept("a", 23.9), kept("b", 24)], found: [] });
  expect(decided.close).toEqual(["b-id"]);
});

test("closes findings of a finished rollout without a hold, but not those of the ongoing one", () => {
  const decided = decideFindings({
    ...ofDay,
    kept: [kept("canary:1:age", 1), kept("canary:2:age", 1), kept("age", 1), kept("canary:1:city", 1)],
    found: [found("canary:1:city")],
    over: { prefix: "canary:", unless: "canary:2:" },
  });
  expect(decided.close).toEqual(["canary:1:age-id"]);
  expect(decided.keep).toHaveLength(1);
});

test("leaves open what could not be evaluated, beyond its hold", () => {
  const known = [kept("no traffic:", 30), kept("volume:", 30), kept("missing input:age", 30)];
  const decided = decideFindings({ ...ofDay, kept: known, found: [], unknown: ["no traffic:", "volume:"] });
  expect(decided.close).toEqual(["missing input:age-id"]);
  expect(decideFindings({ ...ofDay, kept: known, found: [], unknown: [""] }).close).toEqual([]);
  expect(decideFindings({ ...ofDay, kept: known, found: [], unknown: null }).close).toHaveLength(3);
});

test("reopens the same finding if it recurs within its episode", () => {
  const decided = decideFindings({ now, holdMs: 0, kept: [kept("a", 5, 4)], found: [found("a")] });
  expect(decided).toMatchObject({ open: [], keep: [{ id: "a-id", isAgain: true }], close: [] });
});

test("keeps the open one of two findings with one key, with the more severe text", () => {
  const closed = { ...kept("a", 9, 8), id: "old" };
  const decided = decideFindings({
    ...ofDay,
    kept: [closed, kept("a", 1)],
    found: [found("a", { severity: "note" }), found("a", { severity: "page" }), found("a")],
  });
  expect(decided.keep).toHaveLength(1);
  expect(decided.keep[0]).toMatchObject({ id: "a-id", finding: { severity: "page" } });
});
