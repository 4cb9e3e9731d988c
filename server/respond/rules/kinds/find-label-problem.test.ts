import { expect, test } from "vitest";
import { dayMs, hourMs } from "#server/base/durations.ts";
import type { LabelHealth } from "#server/improve/labelling/health/read-label-health.ts";
import { normalFrom, seededRandom } from "#server/stats/random.ts";
import { findLabelProblem } from "./find-label-problem.ts";

const now = 100 * dayMs;
const limits = { alphaBelow: 0.667, errorShare: 0.1, idleHours: 72 };
const interval = (low: number, value: number, high: number) => ({ low, value, high });

const health = (part: Partial<LabelHealth> = {}): LabelHealth => ({
  projectId: 7,
  project: "parcels",
  endpointId: null,
  open: 40,
  review: 2,
  auditOpen: 20,
  auditLate: 0,
  oldestDays: 1,
  settledThisWeek: 70,
  auditSettledThisWeek: 20,
  daysLeft: 4,
  auditDaysLeft: 7,
  labelWithinDays: 7,
  lastAnswerAt: now - hourMs,
  oldestOpenAt: now - dayMs,
  alpha: interval(0.8, 0.85, 0.9),
  ac1: null,
  largestClassShare: 0.5,
  noise: interval(0.01, 0.02, 0.03),
  ...part,
});

const found = (
  problem: Parameters<typeof findLabelProblem>[0],
  part: Partial<LabelHealth>,
  isFiring = false,
): ReturnType<typeof findLabelProblem> => findLabelProblem(problem, health(part), { limits, isFiring, now });

test("people disagree once the whole interval of alpha is below the limit, until alpha is not", () => {
  const of = (low: number, value: number, high: number, isFiring = false) =>
    found("disagreement", { alpha: interval(low, value, high) }, isFiring).isTrue;
  expect(of(0.5, 0.6, 0.66)).toBe(true);
  expect(of(0.5, 0.6, 0.667)).toBe(false);
  expect(of(0.5, 0.6, 0.7, true)).toBe(true);
  expect(of(0.5, 0.667, 0.8, true)).toBe(false);
  expect(found("disagreement", { alpha: interval(0.35, 0.41, 0.48) })).toEqual({
    isTrue: true,
    value: 0.41,
    limit: 0.667,
    words: "People do not agree in parcels: alpha 0.41 (0.35 to 0.48), limit 0.67.",
    effect: "people disagree, alpha 0.41",
  });
  expect(found("disagreement", { alpha: null }).isTrue).toBeNull();
  expect(found("disagreement", { alpha: { value: null, low: null, high: null } }).isTrue).toBeNull();
});

test("reads AC1 where one class makes alpha low", () => {
  const rare = { alpha: interval(-0.1, 0, 0.1), ac1: interval(0.95, 0.97, 0.99), largestClassShare: 0.98 };
  expect(found("disagreement", rare)).toMatchObject({ isTrue: false, value: 0.97 });
  expect(found("disagreement", { ...rare, ac1: interval(0.4, 0.5, 0.6) })).toMatchObject({
    isTrue: true,
    effect: "people disagree, AC1 0.50",
  });
  expect(found("disagreement", { ...rare, largestClassShare: 0.8 })).toMatchObject({ isTrue: true, value: 0 });
});

test("labels look wrong once the whole interval is above the limit, until the share is not", () => {
  const of = (low: number, value: number, isFiring = false) =>
    found("errors", { noise: interval(low, value, 0.3) }, isFiring).isTrue;
  expect(of(0.11, 0.15)).toBe(true);
  expect(of(0.09, 0.15)).toBe(false);
  expect(of(0.09, 0.15, true)).toBe(true);
  expect(of(0.05, 0.1, true)).toBe(false);
  expect(found("errors", { noise: null }).isTrue).toBeNull();
});

test("the audit takes longer than it may at last week's pace, until it takes clearly less", () => {
  const of = (auditDaysLeft: number | null, part: Partial<LabelHealth> = {}, isFiring = false) =>
    found("backlog", { auditDaysLeft, ...part }, isFiring).isTrue;
  expect(of(7)).toBe(false);
  expect(of(7.1)).toBe(true);
  expect(of(6, {}, true)).toBe(true);
  expect(of(5.5, {}, true)).toBe(false);
  expect(of(null)).toBe(false);
  expect(of(null, { auditLate: 3 })).toBe(true);
  // Nobody labelled for a week since it began: it goes on until there is a pace again, or nothing waits.
  expect(of(null, {}, true)).toBe(true);
  expect(of(null, { auditOpen: 0 }, true)).toBe(false);
  expect(of(null, { auditLate: 0, auditOpen: 0 })).toBe(false);
  expect(found("backlog", { auditDaysLeft: 10.5 }).words).toBe(
    "20 audit items in parcels take 10\u00a0d 12\u00a0h at the pace of the last 7\u00a0d, due within 7\u00a0d.",
  );
  const one = (auditDaysLeft: number | null) => found("backlog", { auditDaysLeft, auditOpen: 1 }).words;
  expect(one(10.5)).toMatch(/^1 audit item in parcels takes 10/);
  expect(one(null)).toMatch(/^1 audit item in parcels waits, due/);
});

test("nobody labels, from the last answer or from when there was something to label", () => {
  const of = (lastAnswerAt: number | null, oldestOpenAt: number | null, open = 3) =>
    found("idle", { lastAnswerAt, oldestOpenAt, open }).isTrue;
  expect(of(now - 72 * hourMs, now - 30 * dayMs)).toBe(true);
  expect(of(now - 71 * hourMs, now - 30 * dayMs)).toBe(false);
  expect(of(now - 30 * dayMs, now - 2 * hourMs)).toBe(false);
  expect(of(null, now - 4 * dayMs)).toBe(true);
  expect(of(null, null, 0)).toBe(false);
  expect(of(now - 30 * dayMs, now - 40 * dayMs, 0)).toBe(false);
});

/** Counts how often an alert begins over nightly runs whose alpha scatters about a value. */
function beginnings(isKept: boolean, mean: number): number {
  const random = seededRandom(5);
  let [isFiring, count] = [false, 0];
  for (let night = 0; night < 1000; night += 1) {
    const value = mean + 0.02 * normalFrom(random);
    const alpha = interval(value - 0.04, value, value + 0.04);
    const next = found("disagreement", { alpha }, isKept && isFiring).isTrue === true;
    if (next && !isFiring) count += 1;
    isFiring = next;
  }
  return count;
}

test("does not flap with chance: simulated, alpha near the limit or beyond it", () => {
  // Alpha at the limit: an interval below it is 2 standard deviations away.
  expect(beginnings(true, 0.667)).toBeLessThan(30);
  // Where the interval straddles the limit, an alert that begins stays; without memory it would begin again and again.
  expect(beginnings(false, 0.627)).toBeGreaterThan(200);
  expect(beginnings(true, 0.627)).toBeLessThan(25);
});
