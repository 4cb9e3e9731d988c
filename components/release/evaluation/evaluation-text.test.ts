import { expect, test } from "vitest";
import type {
  EvaluationComparison,
  EvaluationMetric,
  PairedMetricResult,
} from "#server/release/evaluation/contract.ts";
import { estimateSentence, failedSentence, gapSentence, headlineSentence, segmentSentence } from "./evaluation-text.ts";

const accuracy: EvaluationMetric = {
  id: "accuracy",
  title: "Accuracy",
  better: "higher",
  scale: "proportion",
  value: 0.969,
  interval: { low: 0.963, high: 0.974 },
  method: "Wilson",
  note: null,
};
const wape: EvaluationMetric = {
  ...accuracy,
  id: "wape",
  title: "WAPE",
  better: "lower",
  value: 0.119,
  interval: null,
};

const paired = (change: Partial<PairedMetricResult>): PairedMetricResult => ({
  id: "accuracy",
  title: "Accuracy",
  better: "higher",
  scale: "proportion",
  first: 0.969,
  second: 0.956,
  difference: 0.013,
  interval: { low: 0.007, high: 0.019 },
  method: "paired",
  rows: 4000,
  verdict: "better",
  ...change,
});

test("says how much better or worse a version is, with the interval of the difference", () => {
  expect(headlineSentence(17, accuracy, { base: 15, result: paired({}) })).toBe(
    "v17 is correct on 96.9% of rows, 1.3 points more than v15 (0.7 to 1.9).",
  );
  const worse = paired({ difference: -0.01, interval: { low: -0.012, high: -0.008 }, verdict: "worse" });
  expect(headlineSentence(17, accuracy, { base: 15, result: worse })).toBe(
    "v17 is correct on 96.9% of rows, 1.0 point less than v15 (0.8 to 1.2).",
  );
});

test("turns a lower error into a size", () => {
  const result = paired({ better: "lower", difference: -0.018, interval: { low: -0.024, high: -0.012 } });
  expect(headlineSentence(7, wape, { base: 6, result })).toBe(
    "WAPE of v7 is 11.9%, 1.8 points better than v6 (1.2 to 2.4).",
  );
});

test("says when a difference is inconclusive, when there are too few rows, and what stands alone", () => {
  const unclear = paired({ difference: 0.002, interval: { low: -0.004, high: 0.008 }, verdict: "inconclusive" });
  expect(headlineSentence(17, accuracy, { base: 15, result: unclear }).replaceAll("\u00a0", " ")).toBe(
    "v17 is correct on 96.9% of rows. The difference to v15 is inconclusive: +0.2 pp (−0.4 to 0.8).",
  );
  const few = paired({ verdict: "insufficient-data" });
  expect(headlineSentence(17, accuracy, { base: 15, result: few })).toContain("Too few rows to compare it with v15.");
  expect(headlineSentence(17, accuracy)).toBe("v17 is correct on 96.9% of rows (96.3% to 97.4%).");
  expect(headlineSentence(17, { ...accuracy, value: null })).toBe("Accuracy of v17 could not be computed.");
});

test("names segments that are worse, and the one that gains most", () => {
  const segment = (title: string, result: Partial<PairedMetricResult>): EvaluationComparison["segments"][number] => ({
    id: title,
    title,
    column: null,
    onlyFirst: 0,
    onlySecond: 0,
    result: paired(result),
  });
  const unclear = segment("depot = 19", { verdict: "inconclusive", difference: -0.003 });
  const best = segment("camera = line-scan", { difference: 0.06 });
  expect(segmentSentence([unclear, segment("wet", {}), best])).toBe(
    "No segment is worse; camera = line-scan gains 6.0 points.",
  );
  const worse = segment("rain", { verdict: "worse", difference: -0.02 });
  expect(segmentSentence([worse, best])).toBe("rain is worse, by 2.0 points; camera = line-scan gains 6.0 points.");
  expect(segmentSentence([worse, segment("snow", { verdict: "worse", difference: -0.01 })])).toBe(
    "2 segments are worse, rain by 2.0 points.",
  );
  expect(segmentSentence([unclear])).toBe("No segment is better or worse.");
  expect(segmentSentence([segment("rare", { verdict: "insufficient-data" })])).toBeUndefined();
});

test("estimates the duration by an earlier evaluation, or says what is missing", () => {
  const plain = (text: string) => text.replaceAll("\u00a0", " ");
  const earlier = { version: 15, rows: 1000, ms: 45_000, modelMs: 36_000, ranOn: "cpu", price: null };
  expect(plain(estimateSentence(4000, earlier))).toBe(
    "4,000 rows, about 3 min: v15 took 45 s for 1,000. Cost unknown: the price book has no price of a CPU core hour.",
  );
  const price = { amount: 0.5, currency: "EUR" };
  expect(plain(estimateSentence(4000, { ...earlier, price }))).toContain(
    "Cost: €0.020, at the price of a CPU core hour.",
  );
  expect(plain(estimateSentence(4000, { ...earlier, ranOn: "cuda" }))).toContain("no price of a GPU hour");
  expect(plain(estimateSentence(4000, undefined))).toContain("unknown until a version of this model");
});

test("describes gaps between groups, and rows without a prediction", () => {
  const plain = (text: string | undefined) => text?.replaceAll("\u00a0", " ");
  const gap = { gap: 0.036, interval: { low: 0.021, high: 0.054 }, expectedByChance: 0.029 };
  expect(plain(gapSentence("proportion", gap))).toBe("Gap 3.6 pp (2.1 to 5.4); 2.9 pp expected by chance.");
  expect(gapSentence("proportion", { gap: null, interval: null, expectedByChance: null })).toContain("Too few rows");
  expect(failedSentence(0, 100)).toBeUndefined();
  expect(plain(failedSentence(5, 95))).toBe("5 rows (5%) without a prediction count as incorrect.");
});
