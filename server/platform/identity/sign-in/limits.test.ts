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
])("after %d failures in a row an email waits %d s", (count, expected) => {
  expect(waitSeconds({ count, lastAt: now }, none, now)).toBe(expected);
});

test("the wait runs from the last failure and ends", () => {
  expect(waitSeconds({ count: 5, lastAt: ago(12.5) }, none, now)).toBe(18);
  expect(waitSeconds({ count: 5, lastAt: ago(30) }, none, now)).toBe(0);
});

test("an address waits after fifty failures, whoever it asked for", () => {
  expect(waitSeconds(none, { count: 49, lastAt: now }, now)).toBe(0);
  expect(waitSeconds(none, { count: 50, lastAt: ago(60) }, now)).toBe(840);
});

test("the longer of both waits counts", () => {
  expect(waitSeconds({ count: 5, lastAt: now }, { count: 50, lastAt: now }, now)).toBe(900);
});
