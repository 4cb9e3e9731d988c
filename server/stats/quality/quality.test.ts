import { expect, test } from "vitest";
import { confusionMetrics } from "./confusion.ts";
import { evaluateFairness } from "./fairness.ts";
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
  // s = 0.5 of four values: half = 1.96 · 0.5 / 2.
  expect(metrics.meanAbsoluteError?.interval.high).toBeCloseTo(0.75 + 1.959964 * 0.25, 6);
  expect(addErrors(sums, sums).count).toBe(8);
  expect(numberMetrics(emptyErrors())).toMatchObject({ meanAbsoluteError: null, r2: null });
});

const cells = (truePositive: number, falsePositive: number, falseNegative: number, trueNegative: number) => ({
  truePositive,
  falsePositive,
  falseNegative,
  trueNegative,
});

test("computes difference 0.10 and ratio 0.75 for 40 and 30 of 100, without an alarm if not significant", () => {
  // docs/spec/fairness.md section 2
  const groups = [
    { name: "A", cells: cells(30, 10, 20, 40) },
    { name: "B", cells: cells(20, 10, 30, 40) },
    { name: "C", cells: cells(1, 0, 0, 4) },
  ];
  const verdict = evaluateFairness(groups, { metric: "selectionRate", maxDifference: 0.02 });
  expect(verdict.difference).toBeCloseTo(0.1, 12);
  expect(verdict.ratio).toBeCloseTo(0.75, 12);
  expect(verdict.small).toEqual([{ name: "C", rows: 5 }]);
  expect(verdict.isUnfair).toBe(false);
  const many = groups.map(({ name, cells: few }) => ({
    name,
    cells: cells(few.truePositive * 50, few.falsePositive * 50, few.falseNegative * 50, few.trueNegative * 50),
  }));
  expect(evaluateFairness(many, { metric: "selectionRate", maxDifference: 0.02 })).toMatchObject({ isUnfair: true });
  expect(evaluateFairness(many, { metric: "selectionRate", maxDifference: 0.2 })).toMatchObject({ isUnfair: false });
  expect(evaluateFairness([], { metric: "accuracy", maxDifference: 0.1 })).toMatchObject({ difference: null });
});

test("moves the best decision threshold to where errors are cheap", () => {
  const count = new Float64Array(512).fill(1);
  const positive = count.map((_, bin) => (bin + 0.5) / 512);
  const curve = cutOffCurve({ count, positive, variance: new Float64Array(512) }, cells(0, -1, -3, 0));
  // Positive predictions pay off where p·3 > (1 − p)·1: from 0.25 on.
  expect(bestCutOff(curve)?.cutOff).toBe(0.25);
  expect(curve[0]?.recall).toBe(1);
  expect(curve.at(-1)?.precision).toBeNull();
  expect(bestCutOff(cutOffCurve({ count, positive, variance: count }, null))).toBeNull();
});
