import { expect, test } from "vitest";
import { waitSeconds } from "./limits.ts";

const now = new Date("2026-05-08T12:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const none = { count: 0, lastAt: undefined };

test.each([
  [4, 0],
  [5, 30],
  [6, 60],
  [7, 120],
  [9, 480],
  [10, 900],
  [5000, 900],
])("delays an email after %d consecutive failures by %d s", (count, expected) => {
  expect(waitSeconds({ count, lastAt: now }, none, now)).toBe(expected);
});

test("counts the delay from the last failure, and ends it", () => {
  expect(waitSeconds({ count: 5, lastAt: ago(12.5) }, none, now)).toBe(18);
  expect(waitSeconds({ count: 5, lastAt: ago(30) }, none, now)).toBe(0);
});

test("delays an address after 50 failures, for any email", () => {
  expect(waitSeconds(none, { count: 49, lastAt: now }, now)).toBe(0);
  expect(waitSeconds(none, { count: 50, lastAt: ago(60) }, now)).toBe(840);
});

test("applies the longer of both delays", () => {
  expect(waitSeconds({ count: 5, lastAt: now }, { count: 50, lastAt: now }, now)).toBe(900);
});
