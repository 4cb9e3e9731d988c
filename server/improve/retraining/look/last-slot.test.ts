import { expect, test } from "vitest";
import { isCron, lastSlot } from "./last-slot.ts";

const at = (text: string) => Date.parse(text);
/** The last slot before a time, as ISO text. */
function slot(cron: string, now: string, { timeZone = "UTC", after = "2020-01-01T00:00:00Z" } = {}) {
  const found = lastSlot({ cron, timeZone }, { after: at(after), now: at(now) });
  return found === null ? null : new Date(found).toISOString().slice(0, 16);
}

test("finds the last slot of a schedule in its time zone", () => {
  // 2026-06-03 is a Wednesday.
  const now = "2026-06-03T10:20:00Z";
  expect(slot("0 3 1 * *", now)).toBe("2026-06-01T03:00");
  expect(slot("*/15 * * * *", now)).toBe("2026-06-03T10:15");
  expect(slot("20 10 * * *", now)).toBe("2026-06-03T10:20");
  expect(slot("21 10 * * *", now)).toBe("2026-06-02T10:21");
  expect(slot("0 3 * * mon-tue,7", now)).toBe("2026-06-02T03:00");
  expect(slot("0 3 * * 0", now)).toBe("2026-05-31T03:00");
  expect(slot("5/20 9 * jan *", now)).toBe("2026-01-31T09:45");
  // Days of the month and of the week: either.
  expect(slot("0 0 13 * fri", "2026-06-14T00:00:00Z")).toBe("2026-06-13T00:00");
  expect(slot("0 0 13 * fri", "2026-06-12T09:00:00Z")).toBe("2026-06-12T00:00");
  expect(slot("0 3 * * *", now, { timeZone: "America/New_York" })).toBe("2026-06-03T07:00");
  // Clocks go from 02:00 to 03:00 on March 29, which has no 02:30, and from 03:00 to 02:00 on October 25, which has two.
  const timeZone = "Europe/Berlin";
  expect(slot("30 2 * * *", "2026-03-29T12:00:00Z", { timeZone })).toBe("2026-03-28T01:30");
  expect(slot("30 2 * * *", "2026-10-25T12:00:00Z", { timeZone })).toBe("2026-10-25T01:30");
});

test("finds none before a time, and none of what is no schedule", () => {
  const now = "2026-06-03T10:20:00Z";
  expect(slot("0 3 * * *", now, { after: "2026-06-03T03:00:00Z" })).toBeNull();
  expect(slot("0 3 * * *", now, { after: "2026-06-03T02:59:00Z" })).toBe("2026-06-03T03:00");
  expect(slot("0 0 30 2 *", now)).toBeNull();
  expect(slot("0 3 * * *", now, { timeZone: "Mars/Base" })).toBeNull();
  for (const wrong of [
    "",
    "0 3 * *",
    "0 3 * * * *",
    "60 3 * * *",
    "0 3 0 * *",
    "*/0 3 * * *",
    "5-1 3 * * *",
    "x 3 * * *",
  ]) {
    expect(isCron(wrong), wrong).toBe(false);
  }
});
