import { expect, test } from "vitest";
import { dayMs } from "#server/base/durations.ts";
import type { RolloutCount } from "#server/serve/rollout/evidence/contract.ts";
import { compareOutcome, type OutcomeFacts, readinessOf } from "./compare-outcome.ts";

const adoptedAt = Date.UTC(2026, 5, 3);
const horizonMs = 2 * dayMs;
const complete = adoptedAt + horizonMs;
const afterWeek = complete + 7 * dayMs;
const deadline = afterWeek + horizonMs;

const arm = (name: "stable" | "canary", step: number, units: number, wrong: number): RolloutCount => ({
  metric: "label-errors",
  bin: 0,
  step,
  arm: name,
  weight: 0.5,
  units,
  events: wrong,
  misses: 0,
  sum: 0,
  sumSquares: 0,
});
const share = (value: number, rows: number) => ({ value, low: value - 0.02, high: value + 0.02, rows });
const none = { champion: null, candidate: null };
const facts: OutcomeFacts = {
  championVersion: 15,
  candidateVersion: 17,
  adoptedAt,
  horizonMs,
  metric: "accuracy",
  arms: { rows: [], steps: 2 },
  during: none,
  before: none,
  cost: 3.31,
  currency: "EUR",
  dataEnd: adoptedAt - 3 * dayMs,
};

test("waits for the labels of the rollout, then for those of the week after it, and then no longer", () => {
  expect([complete - 1, complete, afterWeek, deadline].map((now) => readinessOf(facts, now))).toEqual([
    "early",
    "rollout",
    "week",
    "deadline",
  ]);
  const unlabelled = { adoptedAt, horizonMs: null };
  expect(readinessOf(unlabelled, adoptedAt + 6 * dayMs)).toBe("early");
  expect(readinessOf(unlabelled, adoptedAt + 7 * dayMs)).toBe("deadline");
  expect(
    compareOutcome({ ...facts, before: { champion: share(0.9, 500), candidate: share(0.8, 500) } }, complete),
  ).toBe(null);
});

test("compares both arms step by step, so that an easy step with many canary requests does not count as a gain", () => {
  // Each version is right in 70% of the first step and in 90% of the second, in which most of the canary's requests came.
  const rows = [
    arm("stable", 0, 4500, 1350),
    arm("canary", 0, 500, 150),
    arm("stable", 1, 2500, 250),
    arm("canary", 1, 2500, 250),
  ];
  const same = compareOutcome({ ...facts, arms: { rows, steps: 2 } }, complete);
  expect(same).toMatchObject({ verdict: "no-difference", compared: "rollout", rows: 3000 });
  expect(same?.difference).toBeCloseTo(0, 9);
  expect(same?.champion).toBeCloseTo(same?.candidate ?? 0, 9);

  const better = [arm("stable", 0, 2000, 400), arm("canary", 0, 2000, 160)];
  const helped = compareOutcome({ ...facts, arms: { rows: better, steps: 2 } }, complete);
  expect(helped).toMatchObject({ verdict: "helped", metric: "accuracy", cost: 3.31, currency: "EUR", dataAgeDays: 3 });
  expect(helped?.candidate).toBeCloseTo(0.92, 9);
  expect(helped?.champion).toBeCloseTo(0.8, 9);
  // Wider than 1.96 standard errors, ±0.021, since it holds at every look.
  expect(helped?.low).toBeCloseTo(0.089, 2);
  expect(helped?.high).toBeCloseTo(0.151, 2);
  expect(helped?.words).toMatch(
    /^v17 is better than v15: by 12 points of accuracy \([\d.]+ to [\d.]+\), from 2,000 labelled predictions/,
  );
});

test("takes the weeks before and after where an arm has too few labels", () => {
  const rows = [arm("stable", 0, 900, 90), arm("canary", 0, 99, 1)];
  const before = { champion: share(0.9, 500), candidate: share(0.8, 400) };
  const few = { ...facts, arms: { rows, steps: 2 }, before };
  expect(compareOutcome(few, afterWeek - 1)).toBeNull();
  const harmed = compareOutcome(few, afterWeek);
  expect(harmed).toMatchObject({ verdict: "harmed", compared: "before", champion: 0.9, candidate: 0.8, rows: 400 });
  expect(harmed?.low).toBeCloseTo(-0.1 - 0.02 * Math.SQRT2, 9);
  expect(harmed?.high).toBeCloseTo(-0.1 + 0.02 * Math.SQRT2, 9);
  expect(harmed?.words).toMatch(/^v17 is worse than v15: by 10 points of accuracy \(−12\.8 to −7\.17\)/);
});

test("counts a smaller error as a gain, from the arms of the rollout too", () => {
  const error = (value: number) => ({ value, low: value - 1, high: value + 1, rows: 300 });
  const during = { champion: error(12), candidate: error(9) };
  const helped = compareOutcome({ ...facts, metric: "meanAbsoluteError", during }, complete);
  expect(helped).toMatchObject({ verdict: "helped", compared: "rollout", difference: 3, champion: 12, candidate: 9 });
  expect(helped?.words).toContain("by 3 of mean absolute error");
});

test("says at the deadline that it is not known", () => {
  const few = { ...facts, before: { champion: share(0.9, 500), candidate: share(0.95, 99) } };
  expect(compareOutcome(few, deadline - 1)).toBeNull();
  expect(compareOutcome(few, deadline)).toMatchObject({
    verdict: "not-known",
    metric: null,
    difference: null,
    rows: 99,
    dataAgeDays: 3,
    words: "Whether v17 helped is unknown: fewer than 100 labelled predictions of v17 or of v15 arrived in time.",
  });
});
