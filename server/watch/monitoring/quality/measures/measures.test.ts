import { expect, test } from "vitest";
import { hourMs } from "#server/base/durations.ts";
import { goldenRows } from "#server/stats/estimation/lcg-testing.ts";
import type { QualityCounts } from "../counts/contract.ts";
import { PredictionCounter } from "../counts/count-predictions.ts";
import { emptyCounts } from "../counts/empty-counts.ts";
import { lagBucket } from "../counts/lag-buckets.ts";
import { outcomeBins } from "../counts/outcome-bins.ts";
import { estimatedMetrics, expectedRight } from "./estimated.ts";
import { addExpectations, expectationOf } from "./expectation.ts";
import { completeAt, isMatureAt, maturityFrom } from "./maturity.ts";
import { type Reading, realisedMetrics } from "./realised.ts";

const { p, y } = goldenRows();
const binary: Reading = { taskKind: "binary", positive: "1", isMirrored: false, cutOff: 0.5 };

function golden(): QualityCounts {
  const counter = new PredictionCounter(null, hourMs);
  p.forEach((score, at) => {
    counter.add({
      at: 0,
      versionId: "v",
      arm: "stable",
      prediction: score >= 0.5 ? "1" : "0",
      score,
      isBinary: true,
      lastClass: "1",
      truth: String(y[at]),
      lagMs: 0,
      replaced: 0,
      segments: [],
    });
  });
  return counter.spans()[0]?.counts ?? emptyCounts();
}
const counts = golden();
const scores = new Map([["", outcomeBins(counts.scores[""], counts.splitScores?.[""])]]);

test("computes the same realised metrics of the golden rows from hourly counts as from rows", () => {
  // cbpe/lcg21
  const metrics = realisedMetrics(counts, binary);
  expect(metrics.accuracy?.value).toBe(0.7965);
  expect(metrics.precision?.value).toBeCloseTo(0.790650406504065, 12);
  expect(metrics.f1?.value).toBeCloseTo(0.7926642893530311, 12);
  expect(metrics.rocAuc?.value).toBeCloseTo(0.8903461, 7);
  expect(metrics.rocAuc?.low).toBeGreaterThan(0.87);
  expect(metrics.accuracy?.low).toBeLessThan(0.7965);
});

test("computes the same estimates and SLI of the golden rows from binned scores as from rows", () => {
  const expectation = expectationOf(scores, null, binary);
  const metrics = estimatedMetrics(expectation, binary, true);
  expect(metrics.accuracy?.value).toBeCloseTo(0.8079960361665418, 9);
  expect(metrics.accuracy?.low).toBeCloseTo(0.7921600890214235, 9);
  expect(metrics.recall?.value).toBeCloseTo(0.8053537890057222, 9);
  expect(metrics.rocAuc?.value).toBeCloseTo(0.8970825, 5);
  expect(metrics.rocAuc?.low).toBeLessThan(0.897);
  const { good, total } = expectedRight(expectation, 0.5);
  expect(good / total).toBeCloseTo(0.8079960361665418, 9);
  expect(addExpectations([expectation, expectation]).bins?.count[300]).toBe(2 * (expectation.bins?.count[300] ?? 0));
});

test("swaps recall and specificity for the first of two classes", () => {
  const mirrored: Reading = { ...binary, positive: "0", isMirrored: true };
  const realised = realisedMetrics(counts, mirrored);
  expect(realised.accuracy?.value).toBe(0.7965);
  expect(realised.recall?.value).toBeCloseTo(0.7982370225269344, 12);
  const estimated = estimatedMetrics(expectationOf(scores, null, mirrored), mirrored);
  expect(estimated.recall?.value).toBeCloseTo(0.8105471601772932, 9);
  expect(estimated.specificity?.value).toBeCloseTo(0.8053537890057222, 9);
});

test("applies a calibration to scores already counted", () => {
  const calibration = { maps: { "": { scores: [0, 1], probabilities: [0.5, 0.5] } } };
  expect(estimatedMetrics(expectationOf(scores, calibration, binary), binary).accuracy?.value).toBeCloseTo(0.5, 9);
});

test("estimates multiclass accuracy from confidences, and nothing without data", () => {
  const many: Reading = { ...binary, taskKind: "multiclass" };
  const expectation = expectationOf(new Map([["a", outcomeBins([[256, 4, 2, 1, 1]])]]), null, many);
  expect(estimatedMetrics(expectation, many).accuracy).toMatchObject({ value: 0.5, rows: 4 });
  expect(estimatedMetrics(addExpectations([]), many)).toEqual({});
  expect(realisedMetrics(emptyCounts(), many)).toEqual({});
});

test("counts labelled predictions without scores by the positive class", () => {
  const plain = {
    ...emptyCounts(),
    confusion: [
      ["1", "1", 3],
      ["0", "1", 1],
      ["0", "0", 4],
    ] as [string, string, number][],
  };
  const metrics = realisedMetrics(plain, binary);
  expect(metrics.precision).toMatchObject({ value: 0.75, rows: 8 });
  expect(metrics.rocAuc).toBeUndefined();
});

test("marks labels complete at 95% of those expected, with pending ones at risk", () => {
  const day = 86_400_000;
  const now = 100 * day;
  const maturity = maturityFrom(
    {
      lags: [
        [lagBucket(day), 50],
        [lagBucket(2 * day), 50],
      ],
      waiting: [{ ageMs: day / 2, count: 100 }],
    },
    null,
    now,
  );
  expect((maturity.horizonMs ?? 0) / day).toBeCloseTo(2.05, 1);
  expect(completeAt(maturity, 1.2 * day)).toBeCloseTo(0.5, 9);
  expect(completeAt(maturity, 0.5 * day)).toBe(0);
  expect(isMatureAt(maturity, now - 3 * day, now)).toBe(true);
  expect(isMatureAt(maturity, now - day, now)).toBe(false);
  const fixed = maturityFrom({ lags: [], waiting: [] }, 5 * day, now);
  expect(fixed).toMatchObject({ horizonMs: 5 * day, isFixed: true, matureUntil: new Date(95 * day) });
  expect(completeAt(fixed, day)).toBeNull();
  expect(isMatureAt(maturityFrom({ lags: [], waiting: [] }, null, now), 0, now)).toBe(false);
});
