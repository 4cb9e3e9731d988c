import { expect, test } from "vitest";
import { binned } from "./bins-testing.ts";
import { goldenRows } from "./lcg-testing.ts";
import { estimateFromConfidence, estimateMulticlass } from "./multiclass.ts";
import { nannyBand, samplingParts } from "./nannyml-band.ts";

const { p, y } = goldenRows();

test("estimates two classes as multiclass: same accuracy and AUC, other metrics as the mean of both sides", () => {
  const estimate = estimateMulticlass(
    p.map((probability) => [1 - probability, probability]),
    p.map((probability) => (probability >= 0.5 ? 1 : 0)),
  );
  expect(estimate.accuracy).toBeCloseTo(0.8079960361665418, 9);
  expect(estimate.rocAuc).toBeCloseTo(0.8970824989200661, 8);
  expect(estimate.recall).toBeCloseTo((0.8053537890057222 + 0.8105471601772932) / 2, 9);
});

test("estimates the same accuracy from confidences by predicted class, and the precision of each class", () => {
  const estimate = estimateFromConfidence(
    new Map([
      ["yes", binned(p.filter((score) => score >= 0.5))],
      ["no", binned(p.filter((score) => score < 0.5).map((score) => 1 - score))],
    ]),
  );
  expect(estimate.accuracy).toBeCloseTo(0.8079960361665418, 9);
  expect(estimate.band?.low).toBeCloseTo(0.7921600890214235, 9);
  expect(estimate.classes.find(({ key }) => key === "yes")?.precision).toBeCloseTo(0.8040884259995698, 9);
  expect(estimateFromConfidence(new Map())).toMatchObject({ accuracy: null, band: null, classes: [] });
});

test("scales NannyML's sampling error by the share of reference rows of the metric", () => {
  const rows = p.map((score, at) => ({ score, isPredicted: score >= 0.5, isPositive: y[at] === 1 }));
  const parts = samplingParts(rows);
  // std of a share is √(q(1 − q)).
  expect(parts.accuracy).toEqual({ deviation: expect.closeTo(Math.sqrt(0.7965 * 0.2035), 9), fraction: 1 });
  expect(parts.precision.fraction).toBe(984 / 2000);
  expect(parts.recall).toEqual({
    deviation: expect.closeTo(Math.sqrt((778 * 201) / 979 ** 2), 9),
    fraction: 979 / 2000,
  });
  // Mean of ones and zeros times (TP+FP+FN)/(TP + (FP+FN)/2) is F1 itself.
  expect(parts.f1.fraction).toBe(1185 / 2000);
  const band = nannyBand(0.8, parts.accuracy, 1000);
  expect(band.high - 0.8).toBeCloseTo((3 * Math.sqrt(0.7965 * 0.2035)) / Math.sqrt(1000), 9);
  expect(nannyBand(0.99, parts.rocAuc, 20).high).toBe(1);
});
