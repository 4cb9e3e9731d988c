import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { rankedCurves } from "./curves.ts";

test("draws each step of few scores, ties as one", () => {
  const { roc, precisionRecall } = rankedCurves([0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0]);
  expect(roc).toEqual([
    { threshold: Number.POSITIVE_INFINITY, falsePositiveRate: 0, truePositiveRate: 0 },
    { threshold: 0.9, falsePositiveRate: 0, truePositiveRate: 0.5 },
    { threshold: 0.5, falsePositiveRate: 0.5, truePositiveRate: 1 },
    { threshold: 0.1, falsePositiveRate: 1, truePositiveRate: 1 },
  ]);
  expect(precisionRecall).toEqual([
    { threshold: 0.9, precision: 1, recall: 0.5 },
    { threshold: 0.5, precision: 2 / 3, recall: 1 },
    { threshold: 0.1, precision: 0.5, recall: 1 },
  ]);
});

test("bounds the points of 100,000 rows and keeps the area and the ends", () => {
  const random = seededRandom(2);
  const scores = Float32Array.from({ length: 100_000 }, () => random());
  const truth = Uint8Array.from(scores, (score) => (random() < score ** 3 ? 1 : 0));
  const { roc, precisionRecall, rocAuc, rocAucInterval } = rankedCurves(scores, truth, { points: 100 });
  expect(roc.length).toBeLessThanOrEqual(100);
  expect(roc.length).toBeGreaterThan(80);
  expect(precisionRecall.length).toBeLessThanOrEqual(100);
  expect(roc.at(-1)).toMatchObject({ falsePositiveRate: 1, truePositiveRate: 1 });
  let area = 0;
  for (let at = 1; at < roc.length; at += 1) {
    const [from, to] = [roc[at - 1], roc[at]];
    if (!from || !to) throw new Error("A point is missing.");
    area += (to.falsePositiveRate - from.falsePositiveRate) * (to.truePositiveRate + from.truePositiveRate) * 0.5;
  }
  expect(area).toBeCloseTo(rocAuc as number, 3);
  expect(rocAucInterval?.low).toBeLessThan(rocAuc as number);
});

test("covers the average precision of the population", () => {
  const random = seededRandom(31);
  const draw = (rows: number) => {
    const scores = Float32Array.from({ length: rows }, () => random());
    return rankedCurves(
      scores,
      Uint8Array.from(scores, (score) => (random() < 0.5 * score ** 2 ? 1 : 0)),
      { points: 2 },
    );
  };
  const truth = draw(400_000).averagePrecision as number;
  const rounds = 300;
  let covered = 0;
  for (let round = 0; round < rounds; round += 1) {
    const { averagePrecisionInterval: band } = draw(600);
    if (band && band.low <= truth && truth <= band.high) covered += 1 / rounds;
  }
  expect(covered).toBeGreaterThan(0.91);
  expect(covered).toBeLessThan(0.985);
});

test("is not certain of a perfect order of few rows, and has no curve without a class", () => {
  const perfect = rankedCurves([0.9, 0.8, 0.1], [1, 1, 0]);
  expect(perfect).toMatchObject({ averagePrecision: 1, rocAuc: 1 });
  expect(perfect.averagePrecisionInterval?.low).toBeLessThan(0.5);
  expect(rankedCurves([0.9], [0])).toMatchObject({
    roc: [],
    precisionRecall: [],
    rocAuc: null,
    averagePrecision: null,
  });
  expect(rankedCurves([], []).roc).toEqual([]);
  expect(() => rankedCurves([Number.NaN], [1])).toThrow("Scores must be finite numbers.");
});
