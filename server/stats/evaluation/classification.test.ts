import { expect, test } from "vitest";
import { ArgumentError } from "../argument-error.ts";
import { seededRandom } from "../random.ts";
import { binomialFrom } from "../random-counts.ts";
import { classificationIntervals, classificationMetrics, countConfusion, topK } from "./classification.ts";
import { failedAnswer } from "./row-columns.ts";

test("counts a row without an answer as incorrect in accuracy and recall, not in precision", () => {
  const metrics = classificationMetrics(countConfusion([0, 0, 1, 1], [0, failedAnswer, 1, 1], 2));
  expect(metrics).toMatchObject({ rows: 4, accuracy: 0.75, balancedAccuracy: 0.75 });
  expect(metrics.classes[0]).toMatchObject({ support: 2, predicted: 1, precision: 1, recall: 0.5 });
  // (hits · rows − Σ) / √… with the failed row as a third predicted class: (12 − (2·1 + 2·2)) / √((16 − 8)(16 − (1 + 4 + 1))).
  expect(metrics.mcc).toBeCloseTo(6 / Math.sqrt(8 * 10), 12);
});

test("counts the rows of a segment only, and none without rows", () => {
  const confusion = countConfusion([0, 1, 1], [0, 1, 0], 2, { rows: Uint32Array.of(1, 2) });
  expect(classificationMetrics(confusion)).toMatchObject({ rows: 2, accuracy: 0.5 });
  const empty = classificationMetrics(countConfusion([0, 1], [0, 1], 2, { rows: Uint32Array.of() }));
  expect(empty).toMatchObject({ rows: 0, accuracy: null, accuracyInterval: null, macroF1: null, mcc: null });
});

test("rejects NaN, unknown classes, negative weights and rows outside of the set", () => {
  expect(() => countConfusion([0, Number.NaN], [0, 0], 2)).toThrow(
    "An actual class must be an index of the 2 classes.",
  );
  expect(() => countConfusion([0, 1], [0, 2], 2)).toThrow("A predicted class must be an index of the 2 classes.");
  expect(() => countConfusion([0], [0, 1], 2)).toThrow(ArgumentError);
  expect(() => countConfusion([0], [0], 2, { weights: [-1] })).toThrow("Weights");
  expect(() => countConfusion([0], [0], 2, { rows: Uint32Array.of(1) })).toThrow("not in the evaluation set");
  expect(() => topK([0], [Number.NaN, 1], 2, 1)).toThrow("Probabilities must be finite numbers.");
});

test("finds the actual class among the most probable ones, the smallest class first where they tie", () => {
  const probabilities = [0.5, 0.3, 0.2, 0.4, 0.4, 0.2, 0.4, 0.4, 0.2];
  expect(topK([2, 0, 1], probabilities, 3, 1)).toMatchObject({ hits: 1, rows: 3 });
  expect(topK([2, 0, 1], probabilities, 3, 2)).toMatchObject({ hits: 2 });
  expect(topK([2, 0, 1], probabilities, 3, 3)).toMatchObject({ hits: 3, share: 1 });
  expect(topK([], [], 3, 1)).toMatchObject({ share: null, interval: null });
});

test("keeps rows without an answer in resamples, and refuses weights", () => {
  const truth = Array.from({ length: 400 }, (_, row) => row % 2);
  const answer = truth.map((label, row) => (row % 4 === 0 ? failedAnswer : label));
  const confusion = countConfusion(truth, answer, 3);
  const { balancedAccuracy, f1 } = classificationIntervals(confusion);
  // Half of class 0 has no answer: a recall of 0.5 and of 1.
  expect(balancedAccuracy?.low).toBeGreaterThan(0.7);
  expect(balancedAccuracy?.high).toBeLessThan(0.8);
  expect(f1[0]?.low).toBeLessThan(2 / 3);
  expect(f1[0]?.high).toBeGreaterThan(2 / 3);
  expect(f1[2]).toBeNull();
  const weighted = countConfusion([0], [0], 1, { weights: [0.5] });
  expect(() => classificationIntervals(weighted)).toThrow("rows without weights");
});

test("covers the true macro F1 with its bootstrap intervals, of drawn rows as of drawn cells", () => {
  // Two classes with 30 % in class 1, recalls 0.9 and 0.7: precisions and F1 of the population follow.
  const [p1, recall0, recall1] = [0.3, 0.9, 0.7];
  const f1 = (hit: number, said: number, of: number) => (2 * hit) / (said + of);
  const said1 = p1 * recall1 + (1 - p1) * (1 - recall0);
  const truth = (f1((1 - p1) * recall0, 1 - said1, 1 - p1) + f1(p1 * recall1, said1, p1)) / 2;
  const random = seededRandom(5);
  const covered = [400, 4_000].map((rows) => {
    let count = 0;
    for (let round = 0; round < 240; round += 1) {
      const positives = binomialFrom(rows, p1, random);
      const hits1 = binomialFrom(positives, recall1, random);
      const hits0 = binomialFrom(rows - positives, recall0, random);
      const counts = Float64Array.of(hits0, rows - positives - hits0, positives - hits1, hits1);
      const confusion = { classes: 2, counts, failed: new Float64Array(2), isWeighted: false };
      const { macroF1 } = classificationIntervals(confusion, { resamples: 300, seed: round });
      if (macroF1 && macroF1.low <= truth && truth <= macroF1.high) count += 1;
    }
    return count / 240;
  });
  for (const share of covered) expect(share).toBeGreaterThan(0.91);
  for (const share of covered) expect(share).toBeLessThan(0.985);
});
