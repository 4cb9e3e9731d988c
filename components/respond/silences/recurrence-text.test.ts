import { expect, test } from "vitest";
import { describeRule, type Recurrence, recurrenceSentence, ruleOf } from "./recurrence-text.ts";

const sundays: Recurrence = {
  frequency: "WEEKLY",
  days: ["SU"],
  dayOfMonth: 1,
  from: "02:00",
  until: "04:00",
  timeZone: "Europe/Berlin",
};

test("converts every Sunday night to an RFC 5545 rule and a sentence", () => {
  expect(ruleOf(sundays, new Date("2026-05-04T10:00:00Z"))).toEqual({
    rule: "FREQ=WEEKLY;BYDAY=SU",
    localStart: "2026-05-04T02:00",
    durationMs: 2 * 3_600_000,
  });
  expect(recurrenceSentence(sundays)).toBe("Every Sunday from 02:00 to 04:00, Europe/Berlin time.");
});

test("moves an end before the start to the next day", () => {
  const nights = { ...sundays, frequency: "DAILY" as const, from: "22:30", until: "06:00" };
  expect(ruleOf(nights, new Date()).durationMs).toBe(7.5 * 3_600_000);
  expect(recurrenceSentence(nights)).toContain("Every day from 22:30 to 06:00 the next day, Europe/Berlin time.");
});

test("describes rules of the form in words, and keeps others", () => {
  expect(describeRule("FREQ=WEEKLY;BYDAY=SU,MO")).toBe("Every Monday and Sunday");
  expect(describeRule("FREQ=MONTHLY;BYMONTHDAY=3")).toBe("On day 3 of every month");
  expect(describeRule("FREQ=DAILY")).toBe("Every day");
  expect(describeRule("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU")).toBe("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU");
  expect(describeRule("FREQ=WEEKLY;BYDAY=1SU")).toBe("FREQ=WEEKLY;BYDAY=1SU");
});
