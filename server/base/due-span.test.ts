import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { dueSpan } from "./due-span.ts";

const start = Math.floor(1_800_000_000_000 / dayMs) * dayMs + 5 * hourMs + 5 * minuteMs;

function reach(countedUntil: number | null, now: number): number {
  const { from, to } = dueSpan({ countedUntil, now, offset: 0 });
  expect(to - now).toBeGreaterThan(minuteMs - 1);
  expect(from % minuteMs).toBe(0);
  return (Math.floor(now / minuteMs) * minuteMs - from) / minuteMs;
}

test("recounts 15 min per evaluation, and further back on the first after 10 min, an hour or midnight", () => {
  expect(reach(start, start + 10_000)).toBe(15);
  expect(reach(start + 4.9 * minuteMs, start + 5 * minuteMs)).toBe(3 * 60);
  expect(reach(start + 54.9 * minuteMs, start + 55 * minuteMs)).toBe(26 * 60);
  expect(reach(start + 19 * hourMs - 10 * minuteMs, start + 19 * hourMs)).toBe(8 * 24 * 60);
});

test("covers everything since the last evaluation, however long ago", () => {
  expect(reach(null, start)).toBe(26 * 60);
  expect(reach(start - 12 * dayMs, start)).toBe(12 * 24 * 60 + 15);
});
