import { expect, test } from "vitest";
import { hourMs } from "#server/base/durations.ts";
import {
  beginsWithHours,
  dayFinder,
  dayOf,
  daysLater,
  daysOf,
  hourOf,
  lengthOfMonth,
  momentsOf,
  monthLater,
  spanOfMonth,
  startOf,
} from "./days.ts";

const at = (text: string) => Date.parse(text);

test("assigns a moment to its local calendar day, east and west of Greenwich", () => {
  expect(dayOf(at("2026-04-30T22:30Z"), "Europe/Berlin")).toBe("2026-05-01");
  expect(dayOf(at("2026-05-01T03:30Z"), "America/New_York")).toBe("2026-04-30");
  expect(dayOf(at("2026-05-01T03:30Z"), "UTC")).toBe("2026-05-01");
  expect(hourOf(at("2026-05-01T03:30Z"), "Asia/Kolkata")).toBe(9);
});

test("finds the days of many moments, also where clocks change, a day is skipped, or a moment is outside", () => {
  for (const [timeZone, from, to] of [
    ["UTC", "2026-04-30", "2026-05-03"],
    ["Europe/Berlin", "2026-10-24", "2026-10-27"],
    ["Africa/Cairo", "2026-04-23", "2026-04-26"],
    ["Pacific/Apia", "2011-12-28", "2012-01-02"],
  ] as const) {
    const span = { from, to, timeZone };
    const find = dayFinder(span);
    for (let time = momentsOf(span).from - 40 * hourMs; time < momentsOf(span).to + 40 * hourMs; time += hourMs / 4) {
      expect(find(time)).toBe(dayOf(time, timeZone));
    }
  }
});

test("gives days with clock changes 23 and 25 hours, and months an hour less or more", () => {
  const hours = (from: string, to: string) => {
    const span = momentsOf({ from, to, timeZone: "Europe/Berlin" });
    return (span.to - span.from) / hourMs;
  };
  expect([hours("2026-03-29", "2026-03-30"), hours("2026-10-25", "2026-10-26")]).toEqual([23, 25]);
  expect([hours("2026-03-01", "2026-04-01"), hours("2026-10-01", "2026-11-01")]).toEqual([31 * 24 - 1, 31 * 24 + 1]);
  // Clocks go forward over midnight.
  expect(startOf("2026-04-24", "Africa/Cairo")).toBe(at("2026-04-23T22:00Z"));
});

test("counts days and months by the calendar", () => {
  expect(daysOf({ from: "2026-02-27", to: "2026-03-02" })).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
  expect([daysLater("2026-01-01", -1), monthLater("2026-11", 3), lengthOfMonth("2028-02")]).toEqual([
    "2025-12-31",
    "2027-02",
    29,
  ]);
  expect(spanOfMonth("2026-12", "UTC")).toEqual({ from: "2026-12-01", to: "2027-01-01", timeZone: "UTC" });
});

test("recognises time zones whose days start on a full UTC hour all year", () => {
  const now = at("2026-05-13T12:00Z");
  const whole = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
  ].filter((zone) => beginsWithHours(zone, now));
  expect(whole).toEqual(["UTC", "Europe/Berlin", "America/New_York"]);
});
