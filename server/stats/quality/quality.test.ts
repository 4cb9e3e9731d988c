import { expect, test } from "vitest";
import { labelledBins } from "../estimation/bins-testing.ts";
import { confusionMetrics } from "./confusion.ts";
import { addError, addErrors, emptyErrors, numberMetrics } from "./regression.ts";
import { bestCutOff, cutOffCurve } from "./thresholds.ts";

test("computes precision, recall and F1 of each class from a confusion matrix", () => {
  const metrics = confusionMetrics([
    { truth: "cat", answer: "cat", count: 8 },
    { truth: "cat", answer: "dog", count: 2 },
    { truth: "dog", answer: "dog", count: 5 },
    { truth: "dog", answer: "cat", count: 5 },
  ]);
  expect(metrics.accuracy).toBe(13 / 20);
  expect(metrics.classes[0]).toMatchObject({ name: "cat", support: 10, predicted: 13, precision: 8 / 13, recall: 0.8 });
  expect(metrics.macroRecall).toBeCloseTo(0.65, 12);
  expect(metrics.accuracyInterval?.low).toBeCloseTo(0.433, 3);
  expect(confusionMetrics([])).toMatchObject({ rows: 0, accuracy: null, macroF1: null, classes: [] });
});

test("counts a class that is never predicted in macro means, as scikit-learn does with zero_division=0", () => {
  // sklearn.metrics.precision_recall_fscore_support([0]*8 + [1]*5 + [2]*3, [0]*8 + [0]*2 + [1]*3 + [1]*3, average="macro", zero_division=0)
  const metrics = confusionMetrics([
    { truth: "a", answer: "a", count: 8 },
    { truth: "b", answer: "a", count: 2 },
    { truth: "b", answer: "b", count: 3 },
    { truth: "c", answer: "b", count: 3 },
  ]);
  expect(metrics.macroPrecision).toBeCloseTo(0.43333333333333335, 12);
  expect(metrics.macroRecall).toBeCloseTo(0.5333333333333333, 12);
  expect(metrics.macroF1).toBeCloseTo(0.4781144781144781, 12);
  expect(metrics.classes[2]).toMatchObject({ name: "c", precision: null, recall: 0 });
});

test("computes mean errors with intervals, and null where zeroes leave them undefined", () => {
  const sums = emptyErrors();
  for (const [said, truth] of [
    [3, 2],
    [1, 2],
    [4, 4],
    [1, 0],
  ] as const) {
    addError(sums, said, truth, 0.5);
  }
  const metrics = numberMetrics(sums);
  expect(metrics.meanAbsoluteError?.value).toBe(0.75);
  expect(metrics.rootMeanSquaredError?.value).toBeCloseTo(Math.sqrt(0.75), 12);
  expect(metrics.bias?.value).toBe(0.25);
  expect(metrics.meanAbsolutePercentageError?.value).toBeCloseTo(1 / 3, 12);
  expect(metrics.weightedAbsolutePercentageError).toBe(3 / 8);
  expect(metrics.r2).toBeCloseTo(1 - 3 / 8, 12);
  expect(sums.within).toBe(1);
  // s = 0.5 of four values: half = t(0.975, 3) · 0.5 / 2.
  expect(metrics.meanAbsoluteError?.interval?.high).toBeCloseTo(0.75 + 3.182446 * 0.25, 6);
  expect(addErrors(sums, sums).count).toBe(8);
  expect(numberMetrics(emptyErrors())).toMatchObject({ meanAbsoluteError: null, r2: null });
});

const cells = (truePositive: number, falsePositive: number, falseNegative: number, trueNegative: number) => ({
  truePositive,
  falsePositive,
  falseNegative,
  trueNegative,
});

test("moves the best decision threshold to where errors are cheap", () => {
  const scores = Array.from({ length: 51_200 }, (_, row) => (row + 0.5) / 51_200);
  const bins = labelledBins(scores, scores);
  const curve = cutOffCurve(bins, cells(0, -1, -3, 0));
  // Positive predictions pay off where p·3 > (1 − p)·1: from 0.25 on.
  expect(bestCutOff(curve)?.cutOff).toBe(0.25);
  expect(curve[0]?.recall).toBe(1);
  expect(curve.at(-1)?.recall).toBe(0);
  expect(bestCutOff(cutOffCurve(bins, null))).toBeNull();
});
