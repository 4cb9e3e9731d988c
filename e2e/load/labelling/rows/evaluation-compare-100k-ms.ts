import { comparePaired, type PairedMetric } from "#server/stats/evaluation/compare-paired.ts";
import { emptyColumns, type RowColumns } from "#server/stats/evaluation/row-columns.ts";
import { type Random, seededRandom } from "#server/stats/random.ts";
import { atMost, type Row } from "../../report.ts";
import { medianTime } from "../median-time.ts";

const [rows, classes] = [100_000, 10];
const runs = 15;

const metrics: readonly (readonly [name: string, metric: PairedMetric])[] = [
  ["accuracy", { name: "accuracy" }],
  ["loss", { name: "loss" }],
  ["macro F1", { name: "macroF1" }],
  ["kappa", { name: "kappa" }],
  ["recall of a class", { name: "recall", of: 3 }],
];

/** Measures the comparison of two versions on the stored rows of one set, with its interval; the slowest metric counts. */
export async function measure(): Promise<Row[]> {
  const random = seededRandom(29);
  const truth = Uint16Array.from({ length: rows }, () => Math.floor(random() * classes));
  const [first, second] = [drawnColumns(truth, 0.92, random), drawnColumns(truth, 0.9, random)];
  const binary = truth.map((one) => one % 2);
  const [own, other] = [drawnColumns(binary, 0.92, random, 2), drawnColumns(binary, 0.9, random, 2)];
  const times = [
    ...metrics.map(([name, metric]) => {
      const ms = medianTime(runs, () => comparePaired({ first, second, metric, truth, classes }));
      return [name, ms] as const;
    }),
    ...(["rocAuc", "averagePrecision"] as const).map((name) => {
      const ranked = { first: own, second: other, metric: { name }, truth: binary, classes: 2 } as const;
      return [name, medianTime(runs, () => comparePaired(ranked))] as const;
    }),
  ];
  console.log(times.map(([name, ms]) => `${name} ${ms.toFixed(1)} ms`).join(", "));
  const leeway = Math.max(...times.map(([, ms]) => ms));
  return [atMost(50, { name: "evaluation-compare-100k-ms", unit: "ms", leeway })];
}

/** Draws the rows of a version that answers correctly with a probability, and a score that follows it. */
function drawnColumns(truth: Uint16Array, accuracy: number, random: Random, among = classes): RowColumns {
  const columns = emptyColumns(truth.length);
  for (let row = 0; row < truth.length; row += 1) {
    const actual = truth[row] as number;
    const answer = random() < accuracy ? actual : Math.floor(random() * among);
    const confidence = 0.5 + 0.5 * random();
    columns.answer[row] = answer;
    columns.score[row] = among === 2 && answer === 0 ? 1 - confidence : confidence;
    columns.loss[row] = -Math.log(answer === actual ? confidence : 1 - confidence + 1e-6);
    columns.correct[row] = answer === actual ? 1 : 0;
  }
  return columns;
}
