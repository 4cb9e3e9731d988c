import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { type DetectedPicture, detectionCounts, detectionMetrics } from "./detection.ts";
import {
  detectionPrecision,
  detectionPrecisionDifference,
  detectionPrecisionIntervals,
  rankBoxes,
} from "./detection-precision.ts";
import { spanCounts, spanMetrics } from "./span-metrics.ts";

type Box = [number, number, number, number, string];

interface GoldenCase {
  expected: { at50: number; mean: number; classes: Record<string, number> };
  pictures: { actual: Box[]; predicted: [...Box, number][] }[];
}

const box = ([x, y, width, height, label]: Box) => ({ x, y, width, height, label });
const scored = (values: [...Box, number]) => ({ ...box(values.slice(0, 5) as Box), score: values[5] });

test("agrees with pycocotools on average precision", () => {
  const file = new URL("./golden-detection.json", import.meta.url);
  const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: GoldenCase[] };
  expect(cases).toHaveLength(3);
  for (const { expected, pictures } of cases) {
    const given = pictures.map(({ actual, predicted }) => ({
      actual: actual.map(box),
      predicted: predicted.map(scored),
    }));
    const found = detectionPrecision(rankBoxes(given));
    expect(found.at50).toBeCloseTo(expected.at50, 9);
    expect(found.mean).toBeCloseTo(expected.mean, 9);
    for (const { label, averagePrecision } of found.classes) {
      expect(averagePrecision).toBeCloseTo(expected.classes[label] as number, 9);
    }
  }
});

const picture: DetectedPicture = {
  actual: [box([0, 0, 20, 20, "car"]), box([50, 50, 10, 10, "car"])],
  predicted: [
    scored([0, 0, 20, 10, "car", 0.9]),
    scored([50, 50, 10, 10, "van", 0.8]),
    scored([1, 1, 9, 9, "car", 0.2]),
  ],
};

test("counts matched boxes of a class from an overlap of a half on, that overlap included", () => {
  expect(detectionCounts(picture)).toEqual({ truePositive: 1, falsePositive: 2, falseNegative: 1, iou: 0.5 });
  expect(detectionCounts(picture, { confidence: 0.5 })).toMatchObject({ falsePositive: 1 });
  expect(detectionCounts(picture, { overlap: 0.6 })).toMatchObject({ truePositive: 0, falseNegative: 2, iou: 0 });
  expect(detectionCounts({ actual: [], predicted: [] })).toMatchObject({ truePositive: 0, falsePositive: 0 });
  expect(() => detectionCounts({ actual: [], predicted: [scored([0, 0, 1, 1, "a", Number.NaN])] })).toThrow("Scores");
  expect(() =>
    detectionCounts({ actual: [box([0, 0, -1, 1, "a"])], predicted: [scored([0, 0, 1, 1, "a", 1])] }),
  ).toThrow("must not be negative");
});

test("pools boxes over pictures with an interval, and is undefined without boxes", () => {
  const counts = Array.from({ length: 40 }, (_, at) => ({ ...detectionCounts(picture), falseNegative: at % 3 }));
  const found = detectionMetrics(counts);
  expect(found).toMatchObject({ pictures: 40, predicted: 120, precision: { value: 1 / 3 }, meanIou: { value: 0.5 } });
  expect(found.recall.value).toBeCloseTo(40 / (40 + 39), 12);
  expect(found.recall.interval?.low).toBeLessThan(found.recall.value as number);
  expect(found.precision.interval?.high).toBeCloseTo(1 / 3, 12);
  expect(detectionMetrics([]).f1).toEqual({ value: null, interval: null });
  expect(detectionPrecision(rankBoxes([]))).toEqual({ at50: null, mean: null, classes: [] });
});

test("weighs pictures in average precision, with an interval that covers it", () => {
  const random = seededRandom(5);
  // A box is found in three pictures of four, and half of all pictures have an invented one, less confident on average.
  const made = (count: number) =>
    Array.from({ length: count }, (): DetectedPicture => {
      const invented = scored([80, 80, 10, 10, "car", 0.8 * random()]);
      const hit = scored([0, 0, 20, 20, "car", 0.3 + 0.7 * random()]);
      const predicted = [...(random() < 0.75 ? [hit] : []), ...(random() < 0.5 ? [invented] : [])];
      return { actual: [box([0, 0, 20, 20, "car"])], predicted };
    });
  const many = detectionPrecision(rankBoxes(made(10_000))).at50 as number;
  let covered = 0;
  for (let round = 0; round < 60; round += 1) {
    const { at50 } = detectionPrecisionIntervals(
      rankBoxes(made(60)),
      { pictures: null, clusters: null },
      { resamples: 150, seed: round },
    );
    if (at50 && at50.low <= many && many <= at50.high) covered += 1;
  }
  expect(covered).toBeGreaterThanOrEqual(52);
  const few = made(40);
  const [first, second] = [rankBoxes(few.slice(0, 20)), rankBoxes(few)];
  const weights = few.map((_, at) => (at < 20 ? 2 : 0));
  expect(detectionPrecision(second, weights).at50).toBeCloseTo(detectionPrecision(first).at50 as number, 12);
  // Of the same boxes nothing differs in any resample, and others of the same pictures are better than none.
  const all = { pictures: null, clusters: null };
  expect(detectionPrecisionDifference(second, second, all).at50).toEqual({ low: 0, high: 0 });
  const none = rankBoxes(few.map(({ actual }) => ({ actual, predicted: [] })));
  expect(detectionPrecisionDifference(second, none, all)).toEqual(detectionPrecisionIntervals(second, all));
  expect(() => detectionPrecisionDifference(first, second, all)).toThrow("same pictures");
  // Pictures that each occur ten times have no narrower interval if they are one entity.
  const repeated = rankBoxes(few.flatMap((one) => Array.from({ length: 10 }, () => one)));
  const clusters = Uint32Array.from({ length: 400 }, (_, at) => Math.floor(at / 10));
  const width = (band: { low: number; high: number } | null) => (band ? band.high - band.low : Number.NaN);
  const apart = detectionPrecisionIntervals(repeated, { pictures: null, clusters: null }).at50;
  const together = detectionPrecisionIntervals(repeated, { pictures: null, clusters }).at50;
  expect(width(together) / width(apart)).toBeGreaterThan(2.2);
});

test("evaluates spans by what counts as correct, pooled over texts and by class", () => {
  const span = (start: number, end: number, label: string) => ({ start, end, label });
  const texts = [
    { actual: [span(0, 5, "PER"), span(10, 15, "ORG")], predicted: [span(0, 5, "PER"), span(10, 16, "ORG")] },
    { actual: [span(0, 3, "PER")], predicted: [span(0, 3, "LOC")] },
  ];
  const found = spanMetrics(texts);
  expect(found).toMatchObject({ texts: 2, actual: 3, predicted: 3 });
  const f1 = [found.strict, found.exact, found.partial, found.type].map((shares) => shares.f1.value);
  [1 / 3, 2 / 3, 2.5 / 3, 2 / 3].forEach((value, at) => {
    expect(f1[at]).toBeCloseTo(value, 12);
  });
  expect(found.strict.f1.interval?.high).toBeGreaterThanOrEqual(1 / 3);
  expect(found.classes.find(({ label }) => label === "PER")).toMatchObject({
    actual: 2,
    predicted: 1,
    precision: 1,
    recall: 0.5,
  });
  expect(found.classes.find(({ label }) => label === "LOC")).toMatchObject({ actual: 0, precision: 0, recall: null });
  expect(texts.map(spanCounts)).toEqual([
    { truePositive: 1, falsePositive: 1, falseNegative: 1 },
    { truePositive: 0, falsePositive: 1, falseNegative: 1 },
  ]);
  expect(spanMetrics([]).strict.f1).toEqual({ value: null, interval: null });
});
