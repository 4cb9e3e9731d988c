import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "../random.ts";
import { binned, labelledBins } from "./bins-testing.ts";
import { metricsOf } from "./cell-metrics.ts";
import { countCells } from "./cells.ts";
import { realisedRanking } from "./ranked-metrics.ts";
import { aucOfBins, cellsOfBins, precisionOfBins } from "./score-bins.ts";
import {
  binOfMean,
  binsOfEqual,
  equalBinOf,
  equalBins,
  isSplit,
  scoreBinOf,
  scoreBins,
  scoreEdges,
} from "./score-grid.ts";

test("splits equal bins near 0 and 1 into bins that cover [0, 1] in order", () => {
  expect([scoreEdges[0], scoreEdges[scoreBins]]).toEqual([0, 1]);
  for (let bin = 0; bin < scoreBins; bin += 1) {
    const [low, high] = [scoreEdges[bin] as number, scoreEdges[bin + 1] as number];
    expect(high).toBeGreaterThan(low);
    expect(scoreBinOf((low + high) / 2)).toBe(bin);
  }
  for (let equal = 0; equal < equalBins; equal += 1) {
    const { first, end } = binsOfEqual(equal);
    expect(end - first > 1).toBe(isSplit(equal));
    expect(scoreEdges[first]).toBeCloseTo(equal / equalBins, 12);
    expect(equalBinOf(((scoreEdges[end - 1] as number) + (scoreEdges[end] as number)) / 2)).toBe(equal);
    expect(binOfMean(equal, equal / equalBins - 1e-12)).toBe(first);
  }
  expect([scoreBinOf(0), scoreBinOf(1), scoreBinOf(-0.1), scoreBinOf(Number.NaN)]).toEqual([0, scoreBins - 1, -1, -1]);
});

/** Draws scores of which one in 560 is positive, as of fraud. */
function rareRows(count: number) {
  const random = seededRandom(41);
  const scores: number[] = [];
  const outcomes: number[] = [];
  for (let row = 0; row < count; row += 1) {
    const logit = -7.5 + 1.4 * normalFrom(random);
    const score = 1 / (1 + Math.exp(-logit));
    scores.push(score);
    outcomes.push(random() < score ? 1 : 0);
  }
  return { scores, outcomes };
}

test("computes AUC and average precision of rare positives from bins as from rows", () => {
  const rows = rareRows(60_000);
  const exact = realisedRanking(rows);
  const { count, positive } = binned(rows.scores, rows.outcomes);
  expect(Math.abs((aucOfBins(count, positive) ?? 0) - (exact.rocAuc ?? 0))).toBeLessThan(1e-3);
  expect(Math.abs((precisionOfBins(count, positive) ?? 0) - (exact.averagePrecision ?? 0))).toBeLessThan(2e-3);
});

test("places the few positives of a rare class by their own scores", () => {
  // A bin with 100 negatives below the threshold, and three positives above it.
  const scores = [...Array.from({ length: 100 }, (_, at) => 0.50001 + at * 1e-6), 0.5015, 0.5016, 0.5017];
  const outcomes = scores.map((score) => (score > 0.5014 ? 1 : 0));
  const bins = labelledBins(scores, outcomes);
  const isPositive = (_: number, at: number) => outcomes[at] === 1;
  const positives = binned(scores.filter(isPositive));
  expect(cellsOfBins({ ...bins, positives }, 0.501)).toMatchObject({ truePositive: 3, falsePositive: 0 });
  expect(cellsOfBins(bins, 0.501).truePositive).toBeLessThan(1);
  // Counts of which some positives are missing are placed together.
  const some = binned(scores.filter(isPositive).slice(1));
  expect(cellsOfBins({ ...bins, positives: some }, 0.501)).toEqual(cellsOfBins(bins, 0.501));
});

test.each([0.0009, 0.0021, 0.0103, 0.3, 0.7001, 0.9989])(
  "counts cells at a decision threshold of %d within the bin",
  (cutOff) => {
    const random = seededRandom(43);
    const rare = rareRows(30_000);
    const scores = [...rare.scores, ...rare.scores.map((score) => 1 - score), ...rare.scores.map(() => random())];
    const outcomes = scores.map((score) => (random() < score ? 1 : 0));
    const found = metricsOf(cellsOfBins(labelledBins(scores, outcomes), cutOff));
    const exact = metricsOf(
      countCells(scores.map((score, at) => ({ isPositive: outcomes[at] === 1, isPredicted: score >= cutOff }))),
    );
    for (const key of ["accuracy", "precision", "recall", "specificity"] as const) {
      expect(Math.abs((found[key] ?? 0) - (exact[key] ?? 0))).toBeLessThan(5e-4);
    }
  },
);

test("counts scores that are all the same exactly, at the threshold and beside it, in single precision too", () => {
  for (const score of [0.3, Math.fround(0.3), Math.fround(0.7), 0.0013]) {
    const bins = labelledBins(new Array<number>(1000).fill(score), new Array<number>(1000).fill(1));
    const cutOff = Number(score.toPrecision(3));
    expect(cellsOfBins(bins, cutOff).truePositive).toBe(1000);
    expect(cellsOfBins(bins, cutOff + 1e-4).truePositive).toBe(0);
    expect(cellsOfBins(bins, cutOff - 1e-4).truePositive).toBe(1000);
  }
  const ends = labelledBins([0, 1], [0, 1]);
  expect(cellsOfBins(ends, 0)).toMatchObject({ truePositive: 1, falsePositive: 1 });
  expect(cellsOfBins(ends, 1)).toMatchObject({ truePositive: 1, falsePositive: 0 });
  expect(cellsOfBins(ends, 1.5)).toMatchObject({ truePositive: 0, falseNegative: 1 });
});
