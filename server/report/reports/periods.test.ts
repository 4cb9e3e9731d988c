import { expect, test } from "vitest";
import { daysOf, nameOf, periodNamed, periodOf, spanOf, stepped, titleOf } from "./periods.ts";

test("names a week by ISO 8601, also at the turn of the year", () => {
  const named = (day: string) => nameOf(periodOf("week", Date.parse(day), "UTC"));
  expect(named("2026-05-04T00:00Z")).toBe("2026-W19");
  expect(named("2026-05-10T23:59Z")).toBe("2026-W19");
  expect(named("2027-01-01T12:00Z")).toBe("2026-W53");
  expect(named("2024-12-30T12:00Z")).toBe("2025-W01");
});

test("parses a name to its period, and rejects invalid names", () => {
  for (const name of ["2026-W19", "2026-W53", "2025-W01", "2026-05", "2026-Q2"])
    expect(nameOf(periodNamed(name))).toBe(name);
  for (const name of ["2025-W53", "2026-W00", "2026-13", "2026-Q5", "May"])
    expect(() => periodNamed(name)).toThrow("Invalid period");
});

test("starts a quarter with its first month, and steps across years", () => {
  const quarter = periodOf("quarter", Date.parse("2026-11-27T10:00Z"), "UTC");
  expect(quarter.start).toBe("2026-10-01");
  expect(nameOf(stepped(quarter, 1))).toBe("2027-Q1");
  expect(spanOf(stepped(quarter, 1), "UTC").from).toBe(spanOf(quarter, "UTC").to);
});

test("formats titles and days in readable form", () => {
  expect([titleOf(periodNamed("2026-W19")), daysOf(periodNamed("2026-W19"))]).toEqual(["Week 19", "4–10 May 2026"]);
  expect(daysOf(periodNamed("2026-W18"))).toBe("27 April – 3 May 2026");
  expect(daysOf(periodNamed("2026-W53"))).toBe("28 December 2026 – 3 January 2027");
  expect(titleOf(periodNamed("2026-Q2"))).toBe("Quarter 2, 2026");
});

test("starts a week on Monday at midnight of its zone, an hour shorter or longer at clock changes", () => {
  const week = (name: string, timeZone: string) => spanOf(periodNamed(name), timeZone);
  const hours = ({ from, to }: { from: number; to: number }) => (to - from) / 3_600_000;
  expect(new Date(week("2026-W19", "Europe/Berlin").from).toISOString()).toBe("2026-05-03T22:00:00.000Z");
  expect(new Date(week("2026-W19", "America/New_York").from).toISOString()).toBe("2026-05-04T04:00:00.000Z");
  expect(["2026-W12", "2026-W13", "2026-W43"].map((name) => hours(week(name, "Europe/Berlin")))).toEqual([
    168, 167, 169,
  ]);
  expect(week("2026-W13", "Europe/Berlin").to).toBe(week("2026-W14", "Europe/Berlin").from);
  const sunday = Date.parse("2026-05-10T23:00Z");
  expect(["UTC", "Europe/Berlin"].map((zone) => nameOf(periodOf("week", sunday, zone)))).toEqual([
    "2026-W19",
    "2026-W20",
  ]);
});
