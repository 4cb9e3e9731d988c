import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import { runningSince } from "./served-since.ts";

const now = Date.parse("2026-05-04T10:00:00Z");
const ago = (minutes: number) => now - minutes * minuteMs;

test("reaches back over a short break, and stops at a longer one", () => {
  const minutes = [1, 2, 3, 7, 8, 9, 20, 21].map(ago);
  expect(runningSince({ startedAt: ago(2), minutes }, now)).toBe(ago(9));
  expect(runningSince({ startedAt: ago(2), minutes: [ago(600)] }, now)).toBe(ago(2));
});

test("knows nothing while no gateway runs", () => {
  expect(runningSince({ startedAt: null, minutes: [ago(1)] }, now)).toBeNull();
});
