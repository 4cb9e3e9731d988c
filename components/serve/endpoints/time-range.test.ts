import { expect, test } from "vitest";
import { neighbour, rangeOf, spanOf, timeRanges } from "./time-range.ts";

test("gives every range a displayable number of points in multiples of 10 s", () => {
  for (const { lengthMs, stepSeconds } of timeRanges) {
    expect(lengthMs / 1000 / stepSeconds).toBeGreaterThanOrEqual(90);
    expect(lengthMs / 1000 / stepSeconds).toBeLessThanOrEqual(180);
    expect(stepSeconds % 10).toBe(0);
  }
});

test("uses one hour for a URL without a known range", () => {
  expect(rangeOf(undefined).key).toBe("1h");
  expect(rangeOf("2y").key).toBe("1h");
  expect(rangeOf(["3h", "1h"]).key).toBe("1h");
});

test("aligns the start with a step, so that steps stay in place as time passes", () => {
  const range = rangeOf("3h");
  const now = Date.UTC(2026, 4, 8, 12, 0, 30);
  expect(spanOf(range, now).from.toISOString()).toBe("2026-05-08T09:00:00.000Z");
  expect(spanOf(range, now + 29_000).from).toEqual(spanOf(range, now).from);
});

test("widens and narrows ranges within their limits", () => {
  expect(neighbour(timeRanges, "1h", 1)?.key).toBe("3h");
  expect(neighbour(timeRanges, "15m", -1)?.key).toBe("15m");
  expect(neighbour(timeRanges, "7d", 1)?.key).toBe("7d");
});
