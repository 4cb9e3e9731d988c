import { expect, test } from "vitest";
import { pauseAfter } from "./pause-after.ts";

test("spends a tenth of the time on evaluations, runs five-minute ones within a minute, and retries failures soon", () => {
  expect([0, 5_000, 7_000, 22_000].map((tookMs) => pauseAfter(false, tookMs))).toEqual([
    60_000, 60_000, 70_000, 220_000,
  ]);
  expect([0, 3_000, 4_500, 22_000].map((tookMs) => pauseAfter(true, tookMs))).toEqual([30_000, 30_000, 45_000, 60_000]);
  expect(pauseAfter(undefined, 22_000)).toBe(30_000);
});
