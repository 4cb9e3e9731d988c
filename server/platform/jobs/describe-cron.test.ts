import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { describeCron } from "./describe-cron.ts";
import { schedule } from "./schedule.ts";

test("describes minutes, hours and days", () => {
  expect(describeCron("* * * * *")).toEqual({ text: "every minute", everyMs: minuteMs });
  expect(describeCron("*/5 * * * *")).toEqual({ text: "every 5 minutes", everyMs: 5 * minuteMs });
  expect(describeCron("7 * * * *")).toEqual({ text: "hourly at :07", everyMs: hourMs });
  expect(describeCron("7 2 * * *")).toEqual({ text: "daily at 02:07 UTC", everyMs: dayMs });
});

test("the schedule has no other kinds of times, and no job twice", () => {
  for (const { cron } of schedule) expect(cron).toMatch(/^(\*|\*\/\d+|\d+) (\*|\d+) \* \* \*$/);
  expect(new Set(schedule.map(({ kind }) => kind)).size).toBe(schedule.length);
});
