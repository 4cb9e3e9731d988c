import { expect, test } from "vitest";
import { parseMatchers } from "../../alerting/alerts/matchers/parse-matchers.ts";
import { canUpdateInPlace, checkSilence, expired, silenceState } from "../../alerting/alerts/silences/silence-rules.ts";
import { checkRecurrenceRule, occurrences } from "./occurrences.ts";

const matchers = parseMatchers("service=churn");
const times = { startsAt: 10_000, endsAt: 20_000 };

test("is pending, active, then expired", () => {
  expect([9_999, 10_000, 19_999, 20_000].map((now) => silenceState(times, now))).toEqual([
    "pending",
    "active",
    "active",
    "expired",
  ]);
});

test("rejects a silence that would mute everything or has ended, by field", () => {
  const input = { matchers, ...times };
  expect(() => checkSilence(input, 0)).not.toThrow();
  expect(() => checkSilence({ ...input, matchers: parseMatchers('service=~".*",team!=x') }, 0)).toThrow(
    "everything would be muted",
  );
  expect(() => checkSilence({ ...input, endsAt: 10_000 }, 0)).toThrow("after the start");
  expect(() => checkSilence(input, 20_001)).toThrow("has passed");
});

test("updates in place only when past muting stays valid", () => {
  const old = { matchers, ...times };
  const isRetained = (change: object, now: number) => canUpdateInPlace(old, { ...old, ...change }, now);
  expect(isRetained({ endsAt: 50_000, startsAt: 10_900 }, 15_000)).toBe(true);
  expect(isRetained({ startsAt: 11_000 }, 15_000)).toBe(false);
  expect(isRetained({ endsAt: 14_999 }, 15_000)).toBe(false);
  expect(isRetained({ matchers: parseMatchers("service=other") }, 15_000)).toBe(false);
  expect(isRetained({ startsAt: 6_000 }, 5_000)).toBe(true);
  expect(isRetained({ startsAt: 4_000 }, 5_000)).toBe(false);
  expect(isRetained({}, 20_000)).toBe(false);
});

test("ends an active silence, cancels a pending one, and leaves an expired one", () => {
  expect(expired(times, 15_000)).toEqual({ startsAt: 10_000, endsAt: 15_000 });
  expect(expired(times, 5_000)).toEqual({ startsAt: 5_000, endsAt: 5_000 });
  expect(expired(times, 25_000)).toEqual(times);
});

const berlin = "Europe/Berlin";
const at = (text: string) => Date.parse(text);
function starts(rule: string, first: string, to: string, timeZone = berlin): string[] {
  const span = { from: at(first), to: at(to) };
  return occurrences({ rule, startsAt: at(first), timeZone }, span).map((start) =>
    new Date(start).toISOString().slice(0, 16),
  );
}

test("moves a missing local time forward, and uses only the first of a repeated one", () => {
  // 02:30 in Berlin.
  expect(starts("FREQ=DAILY", "2026-03-28T01:30:00Z", "2026-03-31T00:00:00Z")).toEqual([
    "2026-03-28T01:30",
    "2026-03-29T01:30",
    "2026-03-30T00:30",
  ]);
  expect(starts("FREQ=DAILY", "2026-10-24T00:30:00Z", "2026-10-27T00:00:00Z")).toEqual([
    "2026-10-24T00:30",
    "2026-10-25T00:30",
    "2026-10-26T01:30",
  ]);
});

test("supports weeks, months, counts and ends", () => {
  expect(starts("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", "2026-01-05T09:00:00Z", "2026-01-22T00:00:00Z")).toEqual([
    "2026-01-05T09:00",
    "2026-01-07T09:00",
    "2026-01-19T09:00",
    "2026-01-21T09:00",
  ]);
  expect(starts("FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", "2026-01-01T09:00:00Z", "2027-01-01T00:00:00Z")).toEqual([
    "2026-01-30T09:00",
    "2026-02-27T09:00",
  ]);
  expect(starts("FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-31T09:00:00Z", "2026-05-01T00:00:00Z")).toEqual([
    "2026-01-31T09:00",
    "2026-03-31T08:00",
  ]);
  expect(starts("FREQ=DAILY;UNTIL=20260106T090000Z", "2026-01-05T09:00:00Z", "2027-01-01T00:00:00Z")).toHaveLength(2);
  expect(starts("FREQ=DAILY;UNTIL=20260106", "2026-01-05T23:30:00Z", "2027-01-01T00:00:00Z")).toHaveLength(1);
  expect(starts("FREQ=DAILY", "2026-01-05T09:00:00Z", "2026-01-07T09:00:00Z", "Pacific/Kiritimati")).toHaveLength(2);
});

test.each([
  "FREQ=YEARLY",
  "FREQ=DAILY;BYHOUR=3",
  "",
  "INTERVAL=2",
  "FREQ=DAILY;COUNT=0",
  "FREQ=DAILY;COUNT=2;UNTIL=20260101",
  "FREQ=WEEKLY;BYDAY=2MO",
  "FREQ=DAILY;FREQ=DAILY",
])("rejects %s", (rule) => {
  expect(() => checkRecurrenceRule(rule)).toThrow("Invalid recurrence rule: ");
});
