import { emptyColumns, type RowColumns } from "#server/stats/evaluation/row-columns.ts";

type Random = () => number;

const oneOf = <T>(random: Random, ...of: T[]): T => of[Math.floor(random() * of.length)] as T;
const listOf = <T>(length: number, make: (at: number) => T): T[] => Array.from({ length }, (_, at) => make(at));
const drawnRows = (random: Random) => oneOf(random, 0, 1, 2, 8, 40);
const below = (random: Random, most: number) => Math.floor(random() * most);

/** Draws the columns of one version: often all correct or all failed, with losses of every size. */
function drawnColumns(random: Random, rows: number, classes: number): RowColumns {
  const columns = emptyColumns(rows, ["wordErrors", "words"]);
  const failing = oneOf(random, 0, 0, 0.3, 1);
  for (let row = 0; row < rows; row += 1) {
    if (random() < failing) continue;
    columns.answer[row] = below(random, classes);
    columns.score[row] = oneOf(random, 0, 1, random());
    columns.loss[row] = oneOf(random, 0, 1e30, random());
    columns.correct[row] = oneOf(random, 0, 1);
    if (columns.parts) {
      (columns.parts.wordErrors as Float32Array)[row] = below(random, 5);
      (columns.parts.words as Float32Array)[row] = below(random, 3);
    }
  }
  return columns;
}

function drawnPair(random: Random) {
  const [rows, classes] = [drawnRows(random), 2];
  return {
    first: drawnColumns(random, rows, classes),
    second: drawnColumns(random, rows, classes),
    truth: listOf(rows, () => below(random, classes)),
    classes,
    resamples: 20,
    clusters: oneOf(
      random,
      null,
      Uint32Array.from({ length: rows }, () => below(random, 3)),
    ),
    metric: oneOf<object>(
      random,
      { name: "accuracy" },
      { name: "loss" },
      { name: "mcc" },
      { name: "kappa" },
      { name: "precision", of: 1 },
      { name: "rocAuc" },
      { name: "averagePrecision" },
      { name: "ratio", ratio: { numerator: { wordErrors: 1 }, denominator: { words: 1 } } },
    ),
  };
}

function drawnConfusion(random: Random) {
  const classes = oneOf(random, 1, 2, 4);
  const of = (length: number) => Float64Array.from({ length }, () => oneOf(random, 0, 1, 30, 1e9));
  return { classes, counts: of(classes * classes), failed: of(classes), isWeighted: false };
}

function drawnMargins(random: Random) {
  const rows = oneOf(random, 0, 1, 100);
  return { support: [rows, 0], predicted: [0, rows], hits: [0, 0], rows };
}

/** Arguments of functions of server/stats/evaluation whose parameters depend on each other. */
export const evaluationArguments: Record<string, (random: Random) => unknown[]> = {
  checkColumns: (random) => [drawnColumns(random, drawnRows(random), 2)],
  countFailed: (random) => [drawnColumns(random, drawnRows(random), 2)],
  classRow: (random) => {
    const share = oneOf(random, 0, 1, random());
    return [[share, 1 - share], oneOf(random, 0, 1)];
  },
  countConfusion: (random) => {
    const [rows, classes] = [drawnRows(random), oneOf(random, 1, 2, 4)];
    const of = () => listOf(rows, () => below(random, classes));
    return [of(), of(), classes];
  },
  classificationMetrics: (random) => [drawnConfusion(random)],
  classificationIntervals: (random) => [drawnConfusion(random), { resamples: 20 }],
  topK: (random) => {
    const rows = drawnRows(random);
    return [listOf(rows, () => below(random, 3)), listOf(3 * rows, () => oneOf(random, 0, random())), 3, 2];
  },
  comparePaired: (random) => [drawnPair(random)],
  compareSegments: (random) => {
    const input = drawnPair(random);
    const rows = Uint32Array.from({ length: below(random, input.truth.length + 1) }, (_, at) => at);
    return [input, [{ name: "a", rows }]];
  },
  changedRows: (random) => {
    const { first, second } = drawnPair(random);
    return [first, second];
  },
  ratioMetric: (random) => {
    const columns = drawnColumns(random, drawnRows(random), 2);
    return [columns, { numerator: { wordErrors: 1 }, denominator: { words: 1 } }, { resamples: 20 }];
  },
  rankedInfluence: (random) => {
    const rows = drawnRows(random);
    return [listOf(rows, () => oneOf(random, 0, 1, 1e70, random())), listOf(rows, () => below(random, 2))];
  },
  marginMetric: (random) => [drawnMargins(random), oneOf(random, "kappa", "mcc", "macroF1")],
};
