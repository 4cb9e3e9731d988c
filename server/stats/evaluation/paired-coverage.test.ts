import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "../random.ts";
import { comparePaired, type PairedMetric } from "./compare-paired.ts";
import { emptyColumns, logLossOf, type RowColumns } from "./row-columns.ts";

/** Draws two versions of which the first is better; rows are hard for both. Word errors go with the loss. */
function drawnVersions(rows: number, random: () => number) {
  const truth = Uint16Array.from({ length: rows }, () => (random() < 0.4 ? 1 : 0));
  const of = () => emptyColumns(rows, ["wordErrors", "words"]);
  const [first, second]: [RowColumns, RowColumns] = [of(), of()];
  for (let row = 0; row < rows; row += 1) {
    const hardness = normalFrom(random);
    const words = 3 + Math.floor(-20 * Math.log(1 - random()));
    for (const columns of [first, second]) {
      const margin = (columns === first ? 1.35 : 1.2) - hardness + 0.5 * normalFrom(random);
      const probability = 1 / (1 + Math.exp(-2 * margin));
      const actual = truth[row] as number;
      columns.answer[row] = probability > 0.5 ? actual : 1 - actual;
      columns.score[row] = actual === 1 ? probability : 1 - probability;
      columns.loss[row] = logLossOf(probability);
      columns.correct[row] = probability > 0.5 ? 1 : 0;
      const { wordErrors, words: said } = columns.parts as { wordErrors: Float32Array; words: Float32Array };
      said[row] = words;
      wordErrors[row] = Math.floor(words * (1 - probability) * random());
    }
  }
  return { truth, classes: 2, first, second };
}

const metrics: PairedMetric[] = [
  { name: "loss" },
  { name: "macroF1" },
  { name: "recall", of: 1 },
  { name: "rocAuc" },
  { name: "averagePrecision" },
  { name: "ratio", ratio: { numerator: { wordErrors: 1 }, denominator: { words: 1 } } },
];

test("covers the true difference of two versions in about 95% of sets of 800 rows", () => {
  const random = seededRandom(19);
  const population = drawnVersions(400_000, random);
  const truths = metrics.map((metric) => comparePaired({ ...population, metric, resamples: 1 }).difference as number);
  const covered = metrics.map(() => 0);
  const rounds = 160;
  for (let round = 0; round < rounds; round += 1) {
    const drawn = drawnVersions(800, random);
    metrics.forEach((metric, at) => {
      const { interval } = comparePaired({ ...drawn, metric, resamples: 300, seed: round });
      const truth = truths[at] as number;
      if (interval && interval.low <= truth && truth <= interval.high)
        covered[at] = (covered[at] as number) + 1 / rounds;
    });
  }
  // Three standard errors of 160 draws are 5 points.
  metrics.forEach(({ name }, at) => {
    expect(covered[at], name).toBeGreaterThan(0.895);
  });
  expect(Math.max(...covered)).toBeLessThan(1);
});
