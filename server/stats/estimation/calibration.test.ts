import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "../random.ts";
import { calibrationError, fitCalibration, fitCalibrations } from "./calibration.ts";
import { calibrated, fitIsotonic } from "./isotonic.ts";
import { goldenRows } from "./lcg-testing.ts";
import { realisedRanking } from "./ranked-metrics.ts";

test("pools decreasing neighbours to their mean, and averages equal scores first", () => {
  // Computed by hand, and equal to the result of scikit-learn's IsotonicRegression: 0, (1 + 0 + 0.5·2)/4, 1.
  const map = fitIsotonic([0.1, 0.3, 0.4, 0.6, 0.6, 0.9], [0, 1, 0, 1, 0, 1]);
  expect(map.scores).toEqual([0.1, 0.3, 0.6, 0.9]);
  expect(map.probabilities).toEqual([0, 0.5, 0.5, 1]);
  expect(calibrated(0.2, map)).toBeCloseTo(0.25, 12);
  expect(calibrated(0.05, map)).toBe(0);
  expect(calibrated(0.75, map)).toBeCloseTo(0.75, 12);
  expect(calibrated(2, map)).toBe(1);
});

test("returns the score clamped to 0 and 1 without a map", () => {
  expect(calibrated(0.3)).toBe(0.3);
  expect(calibrated(1.2, null)).toBe(1);
});

test("computes the calibration error as the mean distance over bins of equal counts", () => {
  const said = [0.1, 0.1, 0.9, 0.9];
  expect(calibrationError(said, [0, 0, 1, 1], 2)).toBeCloseTo(0.1, 12);
  expect(calibrationError(said, [0, 1, 1, 0], 2)).toBeCloseTo(0.4, 12);
  expect(calibrationError([], [])).toBe(0);
});

test("corrects overconfident scores deterministically", () => {
  const random = seededRandom(3);
  const truths = Array.from({ length: 4000 }, () => random());
  const scores = truths.map((p) => 1 / (1 + Math.exp(-3 * Math.log(p / (1 - p)))));
  const outcomes = truths.map((p) => (random() < p ? 1 : 0));
  const fitted = fitCalibration({ scores, outcomes });
  expect(fitted.errorBefore).toBeGreaterThan(0.1);
  expect(fitted.errorAfter).toBeLessThan(0.02);
  const mapped = scores.map((score) => calibrated(score, fitted.map));
  const distance = mapped.reduce((sum, p, at) => sum + Math.abs(p - (truths[at] as number)), 0) / mapped.length;
  expect(distance).toBeLessThan(0.03);
  expect(fitCalibration({ scores, outcomes })).toEqual(fitted);
});

test("fits no map if a class is missing or the scores separate the classes", () => {
  expect(fitCalibration({ scores: [0.2, 0.4], outcomes: [1, 1] }).map).toBeNull();
  const random = seededRandom(1);
  const scores = Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? 0.1 : 0.8) + random() * 0.1);
  expect(fitCalibration({ scores, outcomes: scores.map((_, at) => at % 2) }).map).toBeNull();
});

test("fits a separate map per score key, and none for calibrated scores", () => {
  const { p, y } = goldenRows();
  const random = seededRandom(9);
  const scores = Array.from({ length: 1000 }, () => Math.min(1, Math.max(0, 0.9 + 0.05 * normalFrom(random))));
  const outcomes = scores.map(() => (random() < 0.6 ? 1 : 0));
  const fitted = fitCalibrations(
    new Map([
      ["ok", { scores: p, outcomes: y }],
      ["proud", { scores, outcomes }],
    ]),
  );
  expect(Object.keys(fitted?.maps ?? {})).toContain("proud");
  expect(fitted?.errorAfter).toBeLessThan(fitted?.errorBefore ?? 0);
  expect(fitCalibrations(new Map())).toBeNull();
});

test("rejects scores that are not numbers, with which a walk over equal scores would never end", () => {
  const rows = { scores: [0.1, Number.NaN, 0.3], outcomes: [0, 1, 1] };
  expect(() => fitCalibration(rows)).toThrow("Scores must be finite numbers.");
  expect(() => realisedRanking(rows)).toThrow("Scores must be finite numbers.");
  expect(() => realisedRanking({ scores: [0.1], outcomes: [Number.NaN] })).toThrow("Outcomes must be finite numbers.");
  expect(() => fitCalibration({ scores: [0.1], outcomes: [1, 0] })).toThrow("must have the same length");
  expect(() => fitCalibration({ scores: [0.1], outcomes: [0.5] })).toThrow("Outcomes must be 0 or 1.");
});
