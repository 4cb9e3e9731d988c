import { expect, test } from "vitest";
import { growthTrend, type TimedValue } from "./growth-trend.ts";
import { normalFrom, seededRandom } from "./random.ts";

const seeds = Array.from({ length: 200 }, (_, index) => index + 1);

/** Generates a value every three seconds: a level with noise of 5 around it. */
function series(minutes: number, seed: number, level: (seconds: number) => number): TimedValue[] {
  const random = seededRandom(seed);
  return Array.from({ length: minutes * 20 }, (_, index) => {
    const seconds = 1000 + index * 3;
    return { seconds, value: level(index * 3) + 5 * normalFrom(random) };
  });
}

function shareGrowing(minutes: number, level: (seconds: number) => number): number {
  return seeds.filter((seed) => growthTrend(series(minutes, seed, level))?.isGrowing).length / seeds.length;
}

test("reports no growth for a noisy level, in ten minutes or in an hour", () => {
  expect(shareGrowing(10, () => 300)).toBe(0);
  expect(shareGrowing(60, () => 300)).toBe(0);
});

test("detects a leak of 30 MB per hour in an hour, and one of 120 but not of 30 in ten minutes", () => {
  const leak = (perHour: number) => (seconds: number) => 300 + (perHour * seconds) / 3600;
  expect(shareGrowing(60, leak(30))).toBeGreaterThan(0.98);
  expect(shareGrowing(10, leak(120))).toBeGreaterThan(0.98);
  expect(shareGrowing(10, leak(30))).toBeLessThan(0.05);
});

test("estimates the leak rate whatever the start of the clock", () => {
  const trend = growthTrend(series(60, 1, (seconds) => 300 + seconds / 60));
  expect(trend?.slope).toBeGreaterThan(57);
  expect(trend?.slope).toBeLessThan(63);
  expect(trend?.low).toBeLessThan(60);
  expect(trend?.high).toBeGreaterThan(60);
  expect(trend?.blocks).toHaveLength(24);
});

test("reports no growth for a certain rise below 5% per hour", () => {
  const trend = growthTrend(
    Array.from({ length: 1200 }, (_, index) => ({ seconds: 3 * index, value: 300 + index / 120 })),
  );
  expect(trend?.low).toBeCloseTo(10, 1);
  expect(trend?.material).toBeGreaterThan(15);
  expect(trend?.isGrowing).toBe(false);
});

test("reports no growth for a settling start or a heap that fills and is collected", () => {
  const settling = (seconds: number) => 300 - 100 * Math.exp(-seconds / 40);
  expect(shareGrowing(10, settling)).toBe(0);
  expect(shareGrowing(60, (seconds) => 300 - 100 * Math.exp(-seconds / 240))).toBe(0);
  expect(shareGrowing(10, (seconds) => 300 + 0.6 * (seconds % 50))).toBe(0);
});

test("ignores peaks shorter than half a block", () => {
  const peaks = (seconds: number) => 300 + (seconds % 45 < 7 ? 90 * (1 + seconds / 600) : 0);
  expect(shareGrowing(10, peaks)).toBe(0);
});

test("returns undefined for too few values", () => {
  expect(growthTrend([])).toBeUndefined();
  expect(growthTrend(series(60, 1, () => 300).slice(0, 7))).toBeUndefined();
  expect(growthTrend(Array(50).fill({ seconds: 4, value: 1 }))).toBeUndefined();
});
