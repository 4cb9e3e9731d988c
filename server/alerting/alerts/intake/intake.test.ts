import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import type { PostedAlert } from "../contract.ts";
import { mergeAlerts } from "./merge-alerts.ts";
import { type Episode, validateAlert } from "./validate-alert.ts";

const received = Date.parse("2026-05-04T10:00:00Z");
const rules = { received, resolveTimeoutMs: 5 * minuteMs };
const at = (minutes: number) => new Date(received + minutes * minuteMs);
const take = (alert: Partial<PostedAlert>) => validateAlert({ labels: { alertname: "A" }, ...alert }, rules);

test("fills in missing fields of an alert", () => {
  expect(take({})).toMatchObject({ startsAt: received, endsAt: received + 5 * minuteMs, isTimeout: true });
  expect(take({ endsAt: at(-1) })).toMatchObject({
    startsAt: received - minuteMs,
    endsAt: received - minuteMs,
    isTimeout: false,
  });
  expect(take({ startsAt: at(-3) })).toMatchObject({ startsAt: received - 3 * minuteMs, isTimeout: true });
  expect(take({ labels: { alertname: "A", empty: "" } })).toMatchObject({ labels: { alertname: "A" } });
});

test.each<[Partial<PostedAlert>, string]>([
  [{ labels: {} }, "at least one label"],
  [{ labels: { only: "" } }, "at least one label"],
  [{ startsAt: at(0), endsAt: at(-1) }, "ends before it starts"],
  [{ labels: { alertname: "\ud800" } }, "invalid UTF-8"],
  [{ annotations: { summary: "a\0b" } }, "invalid UTF-8"],
  [{ labels: { alertname: 7 } as never }, "Alert rejected: "],
])("rejects %o: %s", (alert, words) => {
  expect(take(alert)).toMatchObject({ problem: expect.stringContaining(words) });
});

const base: Episode = {
  fingerprint: "f",
  labels: {},
  annotations: { summary: "old" },
  startsAt: received,
  endsAt: received + 10 * minuteMs,
  updatedAt: received,
  isTimeout: false,
  generatorUrl: "old",
};
const posted = (change: Partial<Episode>): Episode => ({
  ...base,
  annotations: { summary: "new" },
  generatorUrl: "new",
  updatedAt: received + minuteMs,
  ...change,
});
const now = received + minuteMs;

test("keeps the first start and takes the newest annotations of overlapping alerts", () => {
  const merged = mergeAlerts(base, posted({ startsAt: now, endsAt: received + 20 * minuteMs }), now);
  expect(merged).toMatchObject({
    startsAt: received,
    endsAt: received + 20 * minuteMs,
    annotations: { summary: "new" },
  });
});

test("replaces an alert with a new one that does not overlap it", () => {
  const later = posted({ startsAt: received + 10 * minuteMs, endsAt: received + 30 * minuteMs });
  expect(mergeAlerts(base, later, now)).toBe(later);
});

test("keeps a later explicit end, but not that of a timeout", () => {
  const early = posted({ startsAt: now, endsAt: received + 5 * minuteMs });
  expect(mergeAlerts(base, early, now).endsAt).toBe(base.endsAt);
  expect(mergeAlerts({ ...base, isTimeout: true }, early, now).endsAt).toBe(early.endsAt);
});

test("ends an alert immediately when resolved; of two resolved ones the later end applies", () => {
  const resolved = posted({ startsAt: received, endsAt: received + minuteMs / 2 });
  expect(mergeAlerts(base, resolved, now).endsAt).toBe(resolved.endsAt);
  const over = { ...base, endsAt: received + minuteMs * 0.9 };
  expect(mergeAlerts(over, resolved, now).endsAt).toBe(over.endsAt);
});

test("keeps the annotations if an earlier post arrives later", () => {
  const late = posted({
    updatedAt: received - minuteMs,
    startsAt: received + minuteMs,
    endsAt: received + 2 * minuteMs,
  });
  expect(mergeAlerts(base, late, now)).toMatchObject({ annotations: { summary: "old" }, startsAt: received });
});
