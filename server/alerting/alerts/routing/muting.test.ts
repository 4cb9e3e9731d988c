import { expect, test } from "vitest";
import { parseMatchers } from "../matchers/parse-matchers.ts";
import { InhibitRule, TimeInterval } from "./contract.ts";
import { inhibitorOf } from "./inhibit.ts";
import { isInside, mutedByTime } from "./time-intervals.ts";

const at = (text: string) => Date.parse(text);
const night = TimeInterval.parse({
  name: "night",
  timeZone: "Europe/Berlin",
  spans: [{ times: [{ from: "22:00", to: "24:00" }] }, { times: [{ from: "00:00", to: "06:00" }] }],
});

test.each<[string, boolean]>([
  ["2026-05-04T20:00:00Z", true],
  ["2026-05-04T19:59:59Z", false],
  ["2026-05-05T03:59:00Z", true],
  ["2026-05-05T04:00:00Z", false],
  // In winter the same clock is an hour later.
  ["2026-01-05T20:30:00Z", false],
  ["2026-01-05T21:00:00Z", true],
])("evaluates whether %s is inside the Berlin night: %s", (text, expected) => {
  expect(isInside(night, at(text))).toBe(expected);
});

test("evaluates days, months and the end of a month", () => {
  const interval = (span: object) => TimeInterval.parse({ name: "x", spans: [span] });
  expect(isInside(interval({ weekdays: [0] }), at("2026-05-03T12:00:00Z"))).toBe(true);
  expect(isInside(interval({ weekdays: [1, 2] }), at("2026-05-03T12:00:00Z"))).toBe(false);
  expect(isInside(interval({ daysOfMonth: [-1] }), at("2028-02-29T00:00:00Z"))).toBe(true);
  expect(isInside(interval({ daysOfMonth: [-1] }), at("2028-02-28T00:00:00Z"))).toBe(false);
  expect(isInside(interval({ months: [5], daysOfMonth: [3, 4] }), at("2026-05-04T00:00:00Z"))).toBe(true);
});

test("mutes a route inside its mute times and outside its active times", () => {
  const now = at("2026-05-04T23:00:00Z");
  expect(mutedByTime({ activeTimes: [], muteTimes: ["night"] }, [night], now)).toMatchObject({ ref: "night" });
  expect(mutedByTime({ activeTimes: ["night"], muteTimes: [] }, [night], now)).toBeUndefined();
  expect(mutedByTime({ activeTimes: ["night"], muteTimes: [] }, [night], at("2026-05-04T12:00:00Z"))).toMatchObject({
    words: expect.stringContaining("outside"),
  });
});

const rule = InhibitRule.parse({
  name: "outage-mutes-drift",
  sourceMatchers: parseMatchers("severity=page"),
  targetMatchers: parseMatchers("severity=~ticket|page,kind=drift"),
  equal: ["service", "region"],
});
const outage = { fingerprint: "8a07086b74f3ba78", labels: { alertname: "Outage", severity: "page", service: "churn" } };
const both = { fingerprint: "b", labels: { alertname: "Drift", severity: "page", kind: "drift", service: "churn" } };
const drift = { alertname: "Drift", severity: "ticket", kind: "drift", service: "churn" };

test("inhibits targets with equal labels where required, and treats missing as empty", () => {
  const inhibit = inhibitorOf([rule], [outage]);
  expect(inhibit(drift)).toEqual({
    ref: outage.fingerprint,
    words: "inhibited by alert Outage (rule outage-mutes-drift)",
  });
  expect(inhibit({ ...drift, service: "other" })).toBeUndefined();
  expect(inhibit({ ...drift, region: "eu" })).toBeUndefined();
  expect(inhibit({ ...drift, region: "" })).toBeDefined();
  expect(inhibitorOf([{ ...rule, equal: ["nothing"] }], [outage])({ ...drift, service: "other" })).toBeDefined();
});

test("does not inhibit an alert matching both sides by another such alert, but by a pure source", () => {
  expect(inhibitorOf([rule], [both])(both.labels)).toBeUndefined();
  expect(inhibitorOf([rule], [both])(drift)).toMatchObject({ ref: "b" });
  expect(inhibitorOf([rule], [both, outage])(both.labels)).toMatchObject({ ref: outage.fingerprint });
});
