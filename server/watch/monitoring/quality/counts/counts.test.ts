import { expect, test } from "vitest";
import { hourMs } from "#server/base/durations.ts";
import { binsOfEqual, scoreBinOf } from "#server/stats/estimation/score-grid.ts";
import type { LabelledPrediction, QualityCounts } from "./contract.ts";
import { PredictionCounter } from "./count-predictions.ts";
import { emptyCounts } from "./empty-counts.ts";
import { lagBucket, lagOfBucket } from "./lag-buckets.ts";
import { mergeCounts } from "./merge-counts.ts";
import { mirrorOutcomes, outcomeBins } from "./outcome-bins.ts";
import { truthOf } from "./truth-of.ts";

function answered(overrides: Partial<LabelledPrediction>): LabelledPrediction {
  return {
    at: 0,
    versionId: "v1",
    arm: "stable",
    prediction: "late",
    score: 0.8,
    isBinary: true,
    lastClass: "late",
    truth: null,
    lagMs: null,
    replaced: 0,
    segments: [],
    ...overrides,
  };
}

function countBytes(predictions: LabelledPrediction[], tolerance: number | null = null) {
  const counter = new PredictionCounter(tolerance, hourMs);
  for (const prediction of predictions) counter.add(prediction);
  return counter.spans();
}

test("counts a prediction without a label, but not as correct or incorrect", () => {
  const [hour] = countBytes([answered({}), answered({ truth: "late", lagMs: 1000 }), answered({ truth: "on time" })]);
  expect(hour).toMatchObject({ predictions: 3, labelled: 2, segment: "" });
  expect(hour?.counts.confusion).toEqual([
    ["late", "late", 1],
    ["on time", "late", 1],
  ]);
  expect(hour?.counts.scores[""]).toEqual([[409, 2, 1.6, expect.closeTo(1.28, 12), 1]]);
  expect(hour?.counts.logLoss).toBeCloseTo(-Math.log(0.8) - Math.log(0.2), 12);
  expect(hour?.counts.squaredError).toBeCloseTo(0.04 + 0.64, 12);
  expect(hour?.counts.lags).toEqual([[lagBucket(1000), 1]]);
});

test("stores multiclass confidence by predicted class, positive if correct", () => {
  const base = { isBinary: false, score: 0.5 };
  const [hour] = countBytes([
    answered({ ...base, prediction: "a", truth: "a" }),
    answered({ ...base, prediction: "b", truth: "a" }),
  ]);
  expect(hour?.counts.scores).toEqual({ a: [[256, 1, 0.5, 0.25, 1]], b: [[256, 1, 0.5, 0.25, 0]] });
});

test("counts errors of numbers, and ignores a label that is not a number", () => {
  const [hour] = countBytes(
    [answered({ prediction: 3, truth: "2.5" }), answered({ prediction: 3, truth: "three" })],
    0.5,
  );
  expect(hour).toMatchObject({ predictions: 2, labelled: 1 });
  expect(hour?.counts.errors).toMatchObject({ count: 1, error: 0.5, within: 1 });
});

test("counts tags separately, twenty values each and the rest as other", () => {
  const hours = countBytes(Array.from({ length: 25 }, (_, at) => answered({ segments: [`carrier=c${at}`] })));
  expect(hours).toHaveLength(22);
  expect(hours.find(({ segment }) => segment === "carrier=other")?.predictions).toBe(5);
  expect(hours.find(({ segment }) => segment === "")?.predictions).toBe(25);
});

test("merges hourly counts into those of all predictions", () => {
  const predictions = [
    answered({ truth: "late", lagMs: 5000 }),
    answered({ truth: "on time", score: 0.3, prediction: "on time" }),
    answered({ truth: "late", score: 0.3, prediction: "on time" }),
  ];
  const [whole] = countBytes(predictions);
  const parts = predictions.map((one) => countBytes([one])[0]?.counts).filter((one) => one !== undefined);
  const merged = mergeCounts(parts);
  expect(merged).toEqual({
    ...whole?.counts,
    logLoss: expect.closeTo(whole?.counts.logLoss ?? 0, 12),
    squaredError: expect.closeTo(whole?.counts.squaredError ?? 0, 12),
  });
  expect(mergeCounts([])).toMatchObject({ confusion: [], errors: null });
});

test("mirrors scores and labels for the other class", () => {
  const bins = mirrorOutcomes(outcomeBins([[409, 2, 1.6, 1.28, 1]]));
  const { first } = binsOfEqual(102);
  expect(bins.count[first]).toBe(2);
  expect(bins.sum[first]).toBeCloseTo(0.4, 12);
  expect(bins.sumSquares[first]).toBeCloseTo(0.08, 12);
  expect(bins.positive[first]).toBe(1);
});

test("keeps the scores of the true rows of two classes, also merged and mirrored", () => {
  const answer = (truth: string, score: number) => answered({ truth, score });
  const [hour] = countBytes([answer("late", 0.5001), answer("late", 0.5003), answer("on time", 0.5005)]);
  const counts = hour?.counts as QualityCounts;
  const { scores, splitScores, trueScores } = mergeCounts([counts, counts]);
  const bins = outcomeBins(scores[""], splitScores?.[""], trueScores?.[""]);
  const bin = scoreBinOf(0.5001);
  expect(bins.positives.count[bin]).toBe(4);
  expect(bins.positives.sum[bin]).toBeCloseTo(2 * 1.0004, 12);
  const mirrored = mirrorOutcomes(bins);
  expect(mirrored.positives.count[scoreBinOf(0.4995)]).toBe(2);
  expect(mirrored.positives.sum[scoreBinOf(0.4995)]).toBeCloseTo(0.999, 9);
  // What an older release counted lacks them: the other class of such a bin is unknown.
  const older = outcomeBins(scores[""], splitScores?.[""], counts.trueScores?.[""]);
  expect(mirrorOutcomes(older).positives.count[scoreBinOf(0.4995)]).toBe(0);
});

test("splits scores near 0 and 1, and places those of an older release at their mean", () => {
  const late = (score: number) => answered({ truth: "late", score });
  const [hour] = countBytes([late(0.0004), late(0.00041), late(0.0015), late(0.9999), late(0.5)]);
  const { scores = {}, splitScores } = hour?.counts ?? {};
  expect(scores[""]?.map(([bin, rows]) => [bin, rows])).toEqual([
    [0, 3],
    [256, 1],
    [511, 1],
  ]);
  const bins = outcomeBins(scores[""], splitScores?.[""]);
  expect(bins.count[scoreBinOf(0.0015)]).toBe(1);
  expect(bins.count[scoreBinOf(0.9999)]).toBe(1);
  const older = outcomeBins([[0, 4, 0.0016, 8e-7, 1]]);
  expect(older.count[scoreBinOf(0.0004)]).toBe(4);
  // What an older release added up has lost the split of some rows.
  const mixed = outcomeBins([[0, 7, 0.0016 + 0.00231, 3e-6, 4]], splitScores?.[""]);
  expect(mixed.count.reduce((sum, rows) => sum + rows, 0)).toBe(7 + 1);
  expect(mixed.count[scoreBinOf(0.0004)]).toBeGreaterThanOrEqual(5);
  expect(mixed.positive.reduce((sum, rows) => sum + rows, 0)).toBe(4 + 1);
  const [again] = [
    mergeCounts([hour?.counts as QualityCounts, { ...emptyCounts(), scores: { "": [[0, 4, 0.0016, 8e-7, 1]] } }]),
  ];
  expect(again?.scores[""]?.[0]?.[1]).toBe(7);
  expect(again?.splitScores).toEqual(splitScores);
});

test("resolves labels by class name or index", () => {
  expect(truthOf("1", ["on time", "late"])).toBe("late");
  expect(truthOf(" late ", ["on time", "late"])).toBe("late");
  expect(truthOf("7", undefined)).toBe("7");
  expect(truthOf("9", ["a", "b"])).toBe("9");
});

test("buckets label delays to about a twentieth and never understates them", () => {
  for (const lag of [0, 900, 60_000, 86_400_000, 90 * 86_400_000]) {
    expect(lagOfBucket(lagBucket(lag))).toBeGreaterThanOrEqual(lag);
    expect(lagOfBucket(lagBucket(lag))).toBeLessThan(lag * 1.06 + 100);
  }
});
