import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import type { MinuteCounts } from "#server/watch/objectives/indicators/contract.ts";
import { belowTargetSince } from "./below-target-since.ts";
import { countImpact } from "./count-impact.ts";
import { findStart } from "./find-start.ts";

const ten = Date.UTC(2026, 4, 4, 10, 0);

/** Creates minutes from 9:00 on with 100 requests each, and the given failures by minute after ten. */
function minutes(
  length: number,
  bad: (afterTen: number) => number,
  traffic = (_afterTen: number) => 100,
): MinuteCounts {
  const counts = { start: ten - 60 * minuteMs, good: new Float64Array(length), total: new Float64Array(length) };
  for (let index = 0; index < length; index++) {
    counts.total[index] = traffic(index - 60);
    counts.good[index] = (counts.total[index] ?? 0) - bad(index - 60);
  }
  return counts;
}

test("counts a total outage of 10 minutes at 100 requests per minute as 10 impact minutes and 1,000 failures", () => {
  const counts = minutes(120, (at) => (at >= 0 && at < 10 ? 100 : 0));
  const span = { from: ten, to: ten + 31 * minuteMs };
  expect(countImpact(counts, span)).toEqual({ badEvents: 1000, events: 3100, impactMinutes: 10 });
  expect(countImpact(counts, { from: ten + 5 * minuteMs, to: ten + 6 * minuteMs }).badEvents).toBe(100);
});

test("starts in the first minute below the target that lasts until detection", () => {
  const counts = minutes(70, (at) => (at >= 0 ? 20 : at === -30 ? 50 : 0));
  expect(findStart(counts, 0.999, ten + 6 * minuteMs)).toBe(ten);
  expect(findStart(counts, 0.7, ten + 6 * minuteMs)).toBeNull();
});

test("does not end at a minute without failures or requests under low traffic", () => {
  const fails = (at: number) => (at >= 0 && at % 3 === 0 ? 1 : 0);
  const counts = minutes(75, fails, (at) => (at === 5 ? 0 : 4));
  expect(findStart(counts, 0.99, ten + 14 * minuteMs)).toBe(ten);
});

test("ends the impact after 15 minutes below a burn rate of 1, at its last bad minute", () => {
  const outage = (at: number) => (at >= 0 && at < 31 ? 10 : 0);
  // Up to 10:50: the five minutes that end at 10:36 are the first without a failure.
  expect(belowTargetSince(minutes(60 + 50, outage), 0.99)).toBe(ten + 31 * minuteMs);
  expect(belowTargetSince(minutes(60 + 49, outage), 0.99)).toBeNull();
  // One failure of 100 is just what the target allows: a burn rate of 1 is not below 1.
  expect(
    belowTargetSince(
      minutes(60 + 60, (at) => Math.max(outage(at), at >= 45 ? 1 : 0)),
      0.99,
    ),
  ).toBeNull();
});

test("does not end the impact without any requests", () => {
  const silent = minutes(
    110,
    (at) => (at >= 0 && at < 31 ? 10 : 0),
    (at) => (at > 31 ? 0 : 100),
  );
  expect(belowTargetSince(silent, 0.99)).toBeNull();
  expect(
    belowTargetSince(
      minutes(10, () => 0),
      0.99,
    ),
  ).toBeNull();
});
