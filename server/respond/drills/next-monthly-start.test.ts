import { expect, test } from "vitest";
import { nextMonthlyStart } from "./next-monthly-start.ts";

test.each([
  ["second Tuesday", "2026-05-12T12:00:00Z", "2026-06-09T12:00:00Z"],
  ["fourth Friday, five weeks later", "2026-05-22T12:00:00Z", "2026-06-26T12:00:00Z"],
  ["first Monday, although four weeks later is in the same month", "2026-06-01T12:00:00Z", "2026-07-06T12:00:00Z"],
  ["fifth Friday, which June lacks", "2026-05-29T12:00:00Z", "2026-06-26T12:00:00Z"],
  ["14:00 in Berlin in winter, too", "2026-10-13T12:00:00Z", "2026-11-10T13:00:00Z"],
])("repeats monthly: %s", (_, start, next) => {
  expect(nextMonthlyStart(new Date(start), "Europe/Berlin").toISOString()).toBe(new Date(next).toISOString());
});
