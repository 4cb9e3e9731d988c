import { expect, test } from "vitest";
import { historyDaysOf } from "./history-days.ts";

const day = 86_400_000_000;
const days = (text: string | undefined, ttlUs: number | null = 7 * day) =>
  historyDaysOf({ tags: text === undefined ? {} : { "leeway.history-days": text }, ttlUs });

test("keeps the history for ever, or for whole days that are at least the TTL", () => {
  expect(days(undefined, null)).toBeNull();
  expect(days("7")).toBe(7);
  expect(days("400")).toBe(400);
  expect(() => days("6")).toThrow("at least the TTL of 7 days; got 6.");
  expect(() => days("7", 7 * day + 1)).toThrow("at least the TTL of 8 days");
  for (const text of ["0", "-1", "1.5", "week", "100000"]) expect(() => days(text)).toThrow("whole number of days");
  for (const ttl of [null, 0]) expect(() => days("30", ttl)).toThrow("needs a TTL");
});
