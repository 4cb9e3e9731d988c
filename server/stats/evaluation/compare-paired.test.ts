import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "../random.ts";
import { changedRows } from "./changed-rows.ts";
import { classificationMetrics, countConfusion } from "./classification.ts";
import { comparePaired, compareSegments, type PairedMetric } from "./compare-paired.ts";
import { rankedInfluence } from "./ranked-influence.ts";
import { ratioMetrics } from "./ratio-metrics.ts";
import { emptyColumns, failedAnswer, logLossOf, type RowColumns } from "./row-columns.ts";

/** Draws two versions of a classifier whose mistakes go together: both depend on how hard a row is. */
function drawnVersions(rows: number, classes: number, seed = 1, better = 0.1) {
  const random = seededRandom(seed);
  const truth = Uint16Array.from({ length: rows }, () => Math.floor(random() * classes));
  const versions = [emptyColumns(rows), emptyColumns(rows)] as [RowColumns, RowColumns];
  for (let row = 0; row < rows; row += 1) {
    const hardness = normalFrom(random);
    versions.forEach((columns, at) => {
      const margin = 1.5 + (at === 0 ? better : 0) - hardness + 0.5 * normalFrom(random);
      const actual = truth[row] as number;
      const probability = 1 / (1 + Math.exp(-2 * margin));
      const isCorrect = probability > 0.5;
      columns.answer[row] = isCorrect ? actual : (actual + 1 + Math.floor(random() * (classes - 1))) % classes;
      columns.score[row] = classes === 2 ? (actual === 1 ? probability : 1 - probability) : Math.max(probability, 0.5);
      columns.loss[row] = logLossOf(probability);
      columns.correct[row] = isCorrect ? 1 : 0;
    });
  }
  return { truth, classes, first: versions[0], second: versions[1] };
}

const metrics: PairedMetric[] = [
  { name: "accuracy" },
  { name: "loss" },
  { name: "macroF1" },
  { name: "mcc" },
  { name: "recall", of: 1 },
];

/** Shortest time of some runs, in milliseconds: other work shares the machine. */
function quickest(work: (seed: number) => void): number {
  const times = [1, 2, 3, 4, 5].map((seed) => {
    const start = performance.now();
    work(seed);
    return performance.now() - start;
  });
  return Math.min(...times);
}

test("compares 100,000 rows of 10 classes by counts, in a fraction of the time that drawing rows would take", () => {
  const drawn = drawnVersions(100_000, 10);
  const cells = new Uint32Array(100);
  // One draw of all rows; a bootstrap of rows would need a thousand of them.
  const oneDraw = quickest((seed) => {
    const random = seededRandom(seed);
    for (let at = 0; at < 100_000; at += 1) {
      const row = Math.floor(random() * 100_000);
      const cell = (drawn.truth[row] ?? 0) * 10 + (drawn.first.answer[row] ?? 0);
      cells[cell] = (cells[cell] ?? 0) + 1;
    }
  });
  for (const metric of metrics) {
    const time = quickest((seed) => comparePaired({ ...drawn, metric, seed }));
    expect(time / oneDraw, metric.name).toBeLessThan(300);
  }
});

test("agrees with the metrics of each version alone", () => {
  const drawn = drawnVersions(3_000, 4);
  const of = ({ answer }: RowColumns) => classificationMetrics(countConfusion(drawn.truth, answer, 4));
  const [a, b] = [of(drawn.first), of(drawn.second)];
  for (const name of ["balancedAccuracy", "macroF1", "weightedF1", "kappa", "mcc", "microF1"] as const) {
    const compared = comparePaired({ ...drawn, metric: { name } });
    expect(compared.first).toBeCloseTo(a[name] as number, 12);
    expect(compared.second).toBeCloseTo(b[name] as number, 12);
    expect(compared.difference).toBeCloseTo((a[name] as number) - (b[name] as number), 12);
  }
  const precision = comparePaired({ ...drawn, metric: { name: "precision", of: 2 } });
  expect(precision.first).toBeCloseTo(a.classes[2]?.precision as number, 12);
  const accuracy = comparePaired({ ...drawn, metric: { name: "accuracy" } });
  expect(accuracy).toMatchObject({ first: a.accuracy, second: b.accuracy, method: "agresti-min", clusters: null });
  expect(accuracy.pValue).toBeLessThan(1);
});

test("resamples cells as a bootstrap of rows does", () => {
  const drawn = drawnVersions(4_000, 3);
  const { interval } = comparePaired({ ...drawn, metric: { name: "macroF1" }, resamples: 4_000 });
  const random = seededRandom(9);
  const f1 = (answer: Uint16Array, rows: Uint32Array) =>
    classificationMetrics(countConfusion(drawn.truth, answer, 3, { rows })).macroF1 as number;
  const values = Array.from({ length: 600 }, () => {
    const rows = Uint32Array.from({ length: 4_000 }, () => Math.floor(random() * 4_000));
    return f1(drawn.first.answer, rows) - f1(drawn.second.answer, rows);
  }).sort((a, b) => a - b);
  const width = (values[585] as number) - (values[15] as number);
  expect(((interval?.high ?? 0) - (interval?.low ?? 0)) / width).toBeGreaterThan(0.87);
  expect(((interval?.high ?? 0) - (interval?.low ?? 0)) / width).toBeLessThan(1.13);
});

test("gives ranks the interval that a bootstrap of rows has", () => {
  const drawn = drawnVersions(1_000, 2, 3);
  const random = seededRandom(4);
  const draws = Array.from({ length: 500 }, () => {
    const rows = Uint32Array.from({ length: 1_000 }, () => Math.floor(random() * 1_000));
    const of = ({ score }: RowColumns) =>
      rankedInfluence(
        Float32Array.from(rows, (row) => score[row] as number),
        Uint8Array.from(rows, (row) => drawn.truth[row] as number),
      );
    return [of(drawn.first), of(drawn.second)] as const;
  });
  for (const name of ["rocAuc", "averagePrecision"] as const) {
    const compared = comparePaired({ ...drawn, metric: { name } });
    const values = draws.map(([a, b]) => (a[name] as number) - (b[name] as number)).sort((a, b) => a - b);
    const width = (values[487] as number) - (values[12] as number);
    expect(((compared.interval?.high ?? 0) - (compared.interval?.low ?? 0)) / width).toBeGreaterThan(0.85);
    expect(((compared.interval?.high ?? 0) - (compared.interval?.low ?? 0)) / width).toBeLessThan(1.15);
  }
});

test("widens the interval where rows of a cluster go together", () => {
  // Each row of 1,000 occurs ten times: as informative as 1,000 rows.
  const once = drawnVersions(1_000, 2);
  const repeat = (columns: RowColumns): RowColumns => {
    const source = (row: number) => Math.floor(row / 10);
    return {
      answer: Uint16Array.from({ length: 10_000 }, (_, row) => columns.answer[source(row)] as number),
      score: Float32Array.from({ length: 10_000 }, (_, row) => columns.score[source(row)] as number),
      loss: Float32Array.from({ length: 10_000 }, (_, row) => columns.loss[source(row)] as number),
      correct: Uint8Array.from({ length: 10_000 }, (_, row) => columns.correct[source(row)] as number),
    };
  };
  const many = {
    truth: Uint16Array.from({ length: 10_000 }, (_, row) => once.truth[Math.floor(row / 10)] as number),
    classes: 2,
    first: repeat(once.first),
    second: repeat(once.second),
    clusters: Uint32Array.from({ length: 10_000 }, (_, row) => Math.floor(row / 10)),
  };
  const names = ["accuracy", "loss", "macroF1", "rocAuc", "averagePrecision"] as const;
  for (const name of names) {
    const alone = comparePaired({ ...once, metric: { name } });
    const together = comparePaired({ ...many, metric: { name } });
    const width = ({ interval }: typeof alone) => (interval?.high ?? 0) - (interval?.low ?? 0);
    expect(together).toMatchObject({ clusters: 1_000, pValue: null });
    expect(width(together) / width(alone), name).toBeGreaterThan(0.85);
    expect(width(together) / width(alone), name).toBeLessThan(1.15);
    expect(width(comparePaired({ ...many, clusters: null, metric: { name } })) / width(alone), name).toBeLessThan(0.4);
  }
});

test("gives a large table of classes the interval that a bootstrap of rows has", () => {
  const drawn = drawnVersions(20_000, 80);
  const random = seededRandom(5);
  const draws = 150;
  const resamples = Array.from({ length: draws }, () => {
    const rows = Uint32Array.from({ length: 20_000 }, () => Math.floor(random() * 20_000));
    const of = ({ answer }: RowColumns) => classificationMetrics(countConfusion(drawn.truth, answer, 80, { rows }));
    return [of(drawn.first), of(drawn.second)] as const;
  });
  for (const name of ["macroF1", "weightedF1", "balancedAccuracy", "kappa", "mcc", "microF1"] as const) {
    const compared = comparePaired({ ...drawn, metric: { name } });
    expect(compared.method).toBe("jackknife");
    const values = resamples.map(([a, b]) => (a[name] as number) - (b[name] as number));
    const mean = values.reduce((sum, value) => sum + value, 0) / draws;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1));
    const half = ((compared.interval?.high ?? 0) - (compared.interval?.low ?? 0)) / 2;
    expect(half / (1.96 * deviation), name).toBeGreaterThan(0.85);
    expect(half / (1.96 * deviation), name).toBeLessThan(1.18);
  }
});

test("weighs rows: a weight of two is two rows, one of 0 is none", () => {
  const drawn = drawnVersions(2_000, 3);
  const weights = Float32Array.from({ length: 2_000 }, (_, row) => row % 3);
  const rows = Uint32Array.from({ length: 2_000 }, (_, row) => row).filter((row) => row % 3 > 0);
  const doubled = Uint32Array.from([...rows, ...rows.filter((row) => row % 3 === 2)]);
  for (const name of ["accuracy", "loss", "macroF1", "mcc"] as const) {
    const weighed = comparePaired({ ...drawn, weights, metric: { name } });
    const repeated = comparePaired({ ...drawn, rows: doubled, metric: { name } });
    expect(weighed.first, name).toBeCloseTo(repeated.first as number, 9);
    expect(weighed.difference, name).toBeCloseTo(repeated.difference as number, 9);
    expect(weighed.method).toBe("bootstrap");
    // 1,333 rows with weights of 1 and 2 know less than 2,000 rows, and more than half as many.
    const width = ({ interval }: typeof weighed) => (interval?.high ?? 0) - (interval?.low ?? 0);
    expect(width(weighed) / width(repeated), name).toBeGreaterThan(1);
    expect(width(weighed) / width(repeated), name).toBeLessThan(1.6);
  }
  expect(comparePaired({ ...drawn, weights, metric: { name: "accuracy" } }).pValue).toBeNull();
  const nothing = comparePaired({ ...drawn, weights: new Float32Array(2_000), metric: { name: "macroF1" } });
  expect(nothing).toMatchObject({ first: null, difference: null, interval: null });
  weights[3] = Number.NaN;
  expect(() => comparePaired({ ...drawn, weights, metric: { name: "loss" } })).toThrow("Weights must be finite");
});

test("leaves rows out of a loss that one version failed on, counts them, and holds them against its accuracy", () => {
  const drawn = drawnVersions(200, 2);
  for (const row of [3, 4]) {
    drawn.first.answer[row] = failedAnswer;
    drawn.first.score[row] = Number.NaN;
    drawn.first.loss[row] = Number.NaN;
    drawn.first.correct[row] = 0;
  }
  const loss = comparePaired({ ...drawn, metric: { name: "loss" } });
  expect(loss).toMatchObject({ rows: 198, skipped: 2, failed: { first: 2, second: 0 }, method: "student" });
  expect(comparePaired({ ...drawn, metric: { name: "rocAuc" } }).rows).toBe(198);
  const accuracy = comparePaired({ ...drawn, metric: { name: "accuracy" } });
  expect(accuracy).toMatchObject({ rows: 200, skipped: 0 });
  const whole = drawnVersions(200, 2);
  expect(accuracy.first).toBeLessThan(comparePaired({ ...whole, metric: { name: "accuracy" } }).first as number);
});

test("compares ratios of sums with paired rows", () => {
  const random = seededRandom(2);
  const of = (rate: number): RowColumns => {
    const columns = emptyColumns(2_000, ["wordErrors", "words"]);
    columns.answer.fill(0);
    columns.score.fill(0);
    columns.loss.fill(0);
    return { ...columns, parts: { wordErrors: new Float32Array(2_000).fill(rate), words: new Float32Array(2_000) } };
  };
  const [first, second] = [of(1), of(2)];
  for (let row = 0; row < 2_000; row += 1) {
    const words = 5 + Math.floor(random() * 20);
    for (const { parts } of [first, second]) (parts?.words as Float32Array)[row] = words;
  }
  const compared = comparePaired({ first, second, metric: { name: "ratio", ratio: ratioMetrics.wordErrorRate } });
  expect(compared.difference).toBeCloseTo((compared.first ?? 0) / -1, 12);
  expect(compared.interval?.high).toBeLessThan(0);
  expect(() => comparePaired({ first, second, metric: { name: "ratio", ratio: ratioMetrics.wape } })).toThrow(
    'The rows have no part "absoluteError".',
  );
});

test("compares segments, the lowest difference first, and marks small ones", () => {
  const drawn = drawnVersions(500, 2);
  const range = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, at) => from + at);
  const compared = compareSegments({ ...drawn, metric: { name: "accuracy" } }, [
    { name: "few", rows: range(0, 29) },
    { name: "many", rows: range(29, 500) },
    { name: "none", rows: range(0, 0) },
  ]);
  expect(compared.at(-1)).toMatchObject({ name: "none", isSmall: true, difference: null, interval: null });
  expect(compared.find(({ name }) => name === "few")).toMatchObject({ isSmall: true, rows: 29 });
  expect(compared.find(({ name }) => name === "many")).toMatchObject({ isSmall: false, rows: 471 });
  const [lowest, next] = compared.map(({ difference }) => difference);
  expect(lowest).toBeLessThanOrEqual(next as number);
});

test("lists gained and lost rows, and those that are incorrect in another way", () => {
  const of = (answer: number[], correct: number[]): RowColumns => ({
    answer: Uint16Array.from(answer),
    score: new Float32Array(answer.length),
    loss: new Float32Array(answer.length),
    correct: Uint8Array.from(correct),
  });
  const first = of([0, 1, 2, 2, 0], [1, 0, 0, 0, 1]);
  const second = of([1, 0, 1, 2, 0], [0, 1, 0, 0, 1]);
  expect(changedRows(first, second)).toEqual({
    gained: Uint32Array.of(0),
    lost: Uint32Array.of(1),
    otherwise: Uint32Array.of(2),
    counts: { gained: 1, lost: 1, otherwise: 1 },
  });
  expect(changedRows(first, second, { limit: 0 })).toMatchObject({ gained: Uint32Array.of(), counts: { gained: 1 } });
  expect(changedRows(first, second, { rows: Uint32Array.of(1, 3) }).counts).toEqual({
    gained: 0,
    lost: 1,
    otherwise: 0,
  });
});

test("rejects versions of different sets, a loss of NaN and a rank without actual classes", () => {
  const drawn = drawnVersions(50, 2);
  const metric = { name: "loss" } as const;
  expect(() => comparePaired({ ...drawn, second: drawnVersions(49, 2).second, metric })).toThrow("the same rows");
  drawn.first.loss[7] = Number.NaN;
  expect(() => comparePaired({ ...drawn, metric })).toThrow("Values must be finite numbers.");
  expect(() => comparePaired({ ...drawn, truth: null, metric: { name: "rocAuc" } })).toThrow(
    "actual class of every row",
  );
  expect(() => comparePaired({ ...drawn, classes: 0, metric: { name: "macroF1" } })).toThrow("number of classes");
});
