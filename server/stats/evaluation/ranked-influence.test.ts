import { expect, test } from "vitest";
import { realisedRanking } from "../estimation/ranked-metrics.ts";
import { seededRandom } from "../random.ts";
import { descendingOrder, rankedInfluence } from "./ranked-influence.ts";

function drawn(rows: number, seed = 3) {
  const random = seededRandom(seed);
  // Rounded, so that scores tie.
  const scores = Float32Array.from({ length: rows }, () => Math.round(random() * 40 - 10) / 8);
  const truth = Array.from(scores, (score) => (random() < 0.3 + score / 12 ? 1 : 0));
  return { scores, truth };
}

test("sorts single-precision scores as comparisons do, ties and both zeros in the order of rows", () => {
  const { scores } = drawn(5_000);
  scores.set([-0, 0, -0, 3e38, -3e38, 1e-45, -1e-45], 100);
  const compared = Uint32Array.from(scores.keys()).sort(
    (a, b) => (scores[b] as number) - (scores[a] as number) || a - b,
  );
  expect(descendingOrder(scores)).toEqual(compared);
  expect(descendingOrder(Array.from(scores))).toEqual(compared);
  // 0.1 and 0.1 + 1e-12 are the same number in single precision.
  expect(descendingOrder([0.1, 0.1 + 1e-12, 0.5])).toEqual(Uint32Array.of(2, 1, 0));
  expect(descendingOrder(new Float32Array(0))).toEqual(new Uint32Array(0));
});

test("agrees with the area and the average precision of scikit-learn's rules", () => {
  const { scores, truth } = drawn(400);
  const found = rankedInfluence(scores, truth);
  const realised = realisedRanking({ scores: [...scores], outcomes: truth });
  expect(found.rocAuc).toBeCloseTo(realised.rocAuc as number, 12);
  expect(found.averagePrecision).toBeCloseTo(realised.averagePrecision as number, 12);
});

test("gives each row the derivative of the metric by its weight", () => {
  const { scores, truth } = drawn(60);
  const { ofRocAuc, ofAveragePrecision } = rankedInfluence(scores, truth);
  expect(ofRocAuc.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12);
  expect(ofAveragePrecision.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12);
  // All rows 400 times, and one row once more: a step of 1/400 in its weight.
  const copies = 400;
  const base = Array.from({ length: 60 * copies }, (_, at) => at % 60);
  const of = (rows: number[]) =>
    rankedInfluence(
      rows.map((row) => scores[row] as number),
      rows.map((row) => truth[row] as number),
    );
  const before = of(base);
  for (const row of [0, 7, 31]) {
    const after = of([...base, row]);
    const slope = (metric: "rocAuc" | "averagePrecision") =>
      ((after[metric] as number) - (before[metric] as number)) * copies;
    expect(slope("rocAuc")).toBeCloseTo(ofRocAuc[row] as number, 4);
    expect(slope("averagePrecision")).toBeCloseTo(ofAveragePrecision[row] as number, 4);
  }
});

test("is undefined where a class is absent, and rejects NaN", () => {
  expect(rankedInfluence([0.1, 0.2], [1, 1])).toMatchObject({ rocAuc: null, averagePrecision: 1, negatives: 0 });
  expect(rankedInfluence([0.1, 0.2], [0, 0])).toMatchObject({ rocAuc: null, averagePrecision: null });
  expect(rankedInfluence([], [])).toMatchObject({ positives: 0, rocAuc: null });
  expect(() => rankedInfluence([0.1, Number.NaN], [1, 0])).toThrow("Scores must be finite numbers.");
});
