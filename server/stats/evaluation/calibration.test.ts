import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { calibrationOf, equalWidthBin, multiclassCalibration } from "./calibration-metrics.ts";
import { perfectCalibration } from "./perfect-calibration.ts";

test("puts scores on an edge into the bin above, and 1 into the last one", () => {
  const bins = [0, 0.1, 0.2, 0.3, 0.6, 0.7, 0.9, 1].map((score) => equalWidthBin(score, 10));
  expect(bins).toEqual([0, 1, 2, 3, 6, 7, 9, 9]);
  for (let bin = 0; bin < 1_000; bin += 1) expect(equalWidthBin(bin / 1_000, 1_000)).toBe(bin);
});

test("lists the bins that have rows, with Wilson's interval", () => {
  const { bins } = calibrationOf([0.05, 0.95, 0.9, 1], [0, 1, 1, 0]);
  expect(bins).toHaveLength(2);
  expect(bins[1]).toMatchObject({ from: 0.9, to: 1, rows: 3, share: 2 / 3 });
  expect(bins[1]?.interval.low).toBeCloseTo(0.2077, 4);
  expect(calibrationOf([], []).bins).toEqual([]);
  // Squared distances 0.01 and 0.09: mean 0.05, deviation 0.0566, t₁ = 12.7.
  const { brierInterval } = calibrationOf([0.1, 0.7], [0, 1]);
  expect(brierInterval?.low).toBe(0);
  expect(brierInterval?.high).toBeCloseTo(0.05 + 12.7062 * 0.04, 4);
  expect(calibrationOf([0.1], [0]).logLossInterval).toBeNull();
});

test("rejects NaN, scores beyond 1, other outcomes and rows of another length", () => {
  expect(() => calibrationOf([Number.NaN], [0])).toThrow("Scores must be probabilities from 0 to 1.");
  expect(() => calibrationOf([1.2], [0])).toThrow("Scores must be probabilities from 0 to 1.");
  expect(() => calibrationOf([0.5], [2])).toThrow("Outcomes must be 0 or 1.");
  expect(() => calibrationOf([0.5], [1], 0)).toThrow("number of bins");
  expect(() => multiclassCalibration([0.5, 0.5], [0, 1], 2)).toThrow("a probability for each class");
  expect(() => multiclassCalibration([0.5, Number.NaN], [0], 2)).toThrow("probabilities from 0 to 1");
  expect(() => multiclassCalibration([0.5, 0.5], [2], 2)).toThrow("index of the 2 classes");
});

test("shows the error of a perfectly calibrated model, which is not 0", () => {
  const random = seededRandom(8);
  const scoresOf = (rows: number) => Float64Array.from({ length: rows }, () => random());
  // Mean and 95% limit, of uniform scores and 10 bins.
  const expected = [
    [100, 0.1, 0.146],
    [300, 0.058, 0.085],
    [1_000, 0.032, 0.046],
    [10_000, 0.0105, 0.0145],
  ] as const;
  for (const [rows, mean, limit] of expected) {
    const found = perfectCalibration(scoresOf(rows), { draws: 2_000 });
    expect(Math.abs((found?.mean ?? 0) / mean - 1), `${rows} rows`).toBeLessThan(0.08);
    expect(Math.abs((found?.limit ?? 0) / limit - 1), `${rows} rows`).toBeLessThan(0.08);
  }
  expect(perfectCalibration([])).toBeNull();
  expect(perfectCalibration([0, 1, 1])).toEqual({ mean: 0, limit: 0 });
});

test("calls about 5% of perfectly calibrated models miscalibrated, and an overconfident one always", () => {
  const random = seededRandom(21);
  let [perfect, overconfident] = [0, 0];
  const rounds = 200;
  for (let round = 0; round < rounds; round += 1) {
    const scores = Float64Array.from({ length: 500 }, () => random() ** 2);
    const limit = perfectCalibration(scores, { seed: round })?.limit ?? 0;
    const of = (chance: (score: number) => number) =>
      calibrationOf(
        scores,
        Uint8Array.from(scores, (score) => (random() < chance(score) ? 1 : 0)),
      ).ece ?? 0;
    if (of((score) => score) > limit) perfect += 1 / rounds;
    if (of((score) => 0.25 + 0.5 * score) > limit) overconfident += 1 / rounds;
  }
  expect(perfect).toBeLessThan(0.1);
  expect(perfect).toBeGreaterThan(0.01);
  expect(overconfident).toBeCloseTo(1, 9);
});

test("simulates large bins by their variance as row by row", () => {
  // 501 rows of one score are drawn at once, 500 one by one.
  const of = (rows: number) => perfectCalibration(new Float64Array(rows).fill(0.3), { draws: 20_000 });
  const mean = (rows: number) => Math.sqrt((2 / Math.PI) * ((0.3 * 0.7) / rows));
  for (const rows of [500, 501]) expect(Math.abs((of(rows)?.mean ?? 0) / mean(rows) - 1)).toBeLessThan(0.03);
});
