import { countAnomalies } from "#server/stats/evaluation/anomaly.ts";
import { emptyMargins } from "#server/stats/evaluation/class-margins.ts";
import { detectionCounts } from "#server/stats/evaluation/detection.ts";
import { rankBoxes } from "#server/stats/evaluation/detection-precision.ts";
import { jointCells } from "#server/stats/evaluation/joint-cells.ts";
import { emptyColumns, type RowColumns } from "#server/stats/evaluation/row-columns.ts";
import { compareTranscripts } from "#server/stats/evaluation/transcription.ts";

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

const allRows = (length: number) => Uint32Array.from({ length }, (_, row) => row);

function drawnJoint(random: Random) {
  const { first, second, truth, classes } = drawnPair(random);
  return jointCells(truth, [first, second], { classes, only: null, weights: null }, allRows(truth.length));
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

const scoresOf = (random: Random, rows: number) => listOf(rows, () => oneOf(random, 0, 1, 0.5, random()));
const marksOf = (random: Random, rows: number) => listOf(rows, () => below(random, 2));
const numbersOf = (random: Random, rows: number) =>
  listOf(rows, () => oneOf(random, 0, -1, 1e30, 100 * random(), -5 * random()));

function drawnSeries(random: Random) {
  const rows = drawnRows(random);
  return { truth: marksOf(random, rows), score: scoresOf(random, rows) };
}

const drawnCounts = (random: Random) => countAnomalies(drawnSeries(random), { threshold: 0.5, before: 2 });

function drawnErrors(random: Random, severities: number) {
  const of = () => listOf(severities, () => oneOf(random, 0, 1, random()));
  return { clean: oneOf(random, 0, 1, random()), corrupted: { noise: of(), blur: of() } };
}

function drawnItems(random: Random) {
  return listOf(drawnRows(random), () => ({
    relevance: oneOf(random, 0, 1, 3, 1_000),
    score: oneOf(random, 0, random()),
  }));
}

function drawnGroups(random: Random) {
  const rows = drawnRows(random);
  const group = listOf(rows, () => below(random, 3));
  return [marksOf(random, rows), marksOf(random, rows), group, ["a", "b", "c"]] as const;
}

function drawnPicture(random: Random) {
  const side = () => oneOf(random, 0, 1, 10 * random(), 1e9);
  const box = () => ({ x: side(), y: -side(), width: side(), height: side(), label: oneOf(random, "a", "b") });
  return {
    actual: listOf(below(random, 4), box),
    predicted: listOf(below(random, 4), () => ({ ...box(), score: oneOf(random, 0, 1, random()) })),
  };
}

function drawnText(random: Random) {
  const span = () => {
    const start = below(random, 10);
    return { start, end: start + below(random, 4), label: oneOf(random, "a", "b") };
  };
  return { actual: listOf(below(random, 4), span), predicted: listOf(below(random, 4), span) };
}

function drawnTranscript(random: Random) {
  const of = () => listOf(below(random, 8), () => oneOf(random, "a", "b", "it's", "-", "")).join(" ");
  return compareTranscripts(of(), of());
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
  jointCells: (random) => {
    const { first, second, truth, classes } = drawnPair(random);
    return [truth, [first, second], { classes, only: oneOf(random, null, 0), weights: null }, allRows(truth.length)];
  },
  addCells: (random) => {
    const cells = drawnJoint(random);
    return [cells, cells.counts, emptyMargins(cells.classes), emptyMargins(cells.classes)];
  },
  pooledCells: (random) => {
    const cells = drawnJoint(random);
    return [cells, allRows(cells.cellOf.length), { clusters: null, weights: null }];
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
  rankedCurves: (random) => {
    const rows = drawnRows(random);
    return [scoresOf(random, rows), marksOf(random, rows), { points: oneOf(random, 2, 5, 100) }];
  },
  multiLabelMetrics: (random) => {
    const rows = drawnRows(random);
    return [marksOf(random, 3 * rows), marksOf(random, 3 * rows), 3];
  },
  calibrationOf: (random) => {
    const rows = drawnRows(random);
    return [scoresOf(random, rows), marksOf(random, rows), oneOf(random, 1, 10, 1_000)];
  },
  multiclassCalibration: (random) => {
    const rows = drawnRows(random);
    return [scoresOf(random, 3 * rows), listOf(rows, () => below(random, 3)), 3, oneOf(random, 1, 10)];
  },
  perfectCalibration: (random) => [scoresOf(random, drawnRows(random)), { draws: 20 }],
  equalWidthBin: (random) => [oneOf(random, 0, 1, 0.3, random()), oneOf(random, 1, 10, 1_000)],
  rankedList: (random) => [drawnItems(random), oneOf(random, 1, 3, 1e9)],
  rankingMetrics: (random) => [listOf(below(random, 4), () => drawnItems(random)), oneOf(random, 1, 3)],
  clickThrough: (random) => [
    listOf(below(random, 5), () => {
      const impressions = oneOf(random, 0, 1, 2 ** 40, below(random, 50));
      return { clicks: oneOf(random, 0, impressions), impressions };
    }),
  ],
  forecastMetrics: (random) => {
    const rows = drawnRows(random);
    const of = () => numbersOf(random, rows);
    return [
      {
        actual: of(),
        predicted: of(),
        weights: oneOf(
          random,
          null,
          listOf(rows, () => oneOf(random, 0, 1, random())),
        ),
        history: oneOf(random, null, [], [1, 2, 2], [5, 5]),
        quantiles: oneOf(random, null, { "0.1": of(), "0.9": of() }),
        interval: oneOf(random, null, { low: of(), high: of(), level: 0.9 }),
      },
    ];
  },
  forecastIntervals: (random) => {
    const rows = drawnRows(random);
    return [numbersOf(random, rows), numbersOf(random, rows), { resamples: 20 }];
  },
  forecastByGroup: (random) => {
    const rows = drawnRows(random);
    const input = { actual: numbersOf(random, rows), predicted: numbersOf(random, rows) };
    return [input, listOf(rows, () => below(random, 3)), { resamples: 20 }];
  },
  countAnomalies: (random) => [drawnSeries(random), { threshold: oneOf(random, 0, 0.5, 2), before: below(random, 5) }],
  anomalyMetrics: (random) => [listOf(below(random, 3), () => drawnCounts(random))],
  anomalyRanking: (random) => [listOf(below(random, 3), () => drawnSeries(random))],
  alarmCurve: (random) => [listOf(below(random, 3), () => drawnSeries(random)), below(random, 3), 5],
  groupBootstrap: (random) => [
    listOf(below(random, 4), () => marksOf(random, oneOf(random, 0, 1, 40, 3_000))),
    { resamples: 20 },
  ],
  gapByChance: (random) => [
    listOf(below(random, 4), () => oneOf(random, 0, 1, 30, 1e9)),
    oneOf(random, 0, 1, random()),
    { draws: 20 },
  ],
  groupShares: (random) => [...drawnGroups(random)],
  evaluateGroups: (random) => {
    const [truth, answer, group, names] = drawnGroups(random);
    return [
      { truth, answer, group, names },
      { metric: "accuracy", maxDifference: random() },
    ];
  },
  groupRatios: (random) => {
    const columns = drawnColumns(random, 90, 2);
    const half = (from: number) => Uint32Array.from({ length: 45 }, (_, at) => from + at);
    return [
      columns,
      { numerator: { wordErrors: 1 }, denominator: { words: 1 } },
      [
        { name: "a", rows: half(0) },
        { name: "b", rows: half(45) },
      ],
      { resamples: 20 },
    ];
  },
  compareTranscripts: (random) => [oneOf(random, "", "a b", "It's — fine"), oneOf(random, "", "a", "its fine")],
  transcriptionMetrics: (random) => [listOf(below(random, 5), () => drawnTranscript(random)), { resamples: 20 }],
  robustnessMetrics: (random) => {
    const severities = below(random, 4);
    return [drawnErrors(random, severities), oneOf(random, null, drawnErrors(random, severities))];
  },
  detectionCounts: (random) => [drawnPicture(random)],
  detectionMetrics: (random) => [
    listOf(below(random, 4), () => detectionCounts(drawnPicture(random))),
    { resamples: 20 },
  ],
  rankBoxes: (random) => [listOf(below(random, 4), () => drawnPicture(random))],
  detectionPrecision: (random) => [rankBoxes(listOf(below(random, 4), () => drawnPicture(random)))],
  detectionPrecisionIntervals: (random) => [
    rankBoxes(listOf(below(random, 4), () => drawnPicture(random))),
    { pictures: null, clusters: null },
    { resamples: 20 },
  ],
  detectionPrecisionDifference: (random) => [
    rankBoxes(listOf(below(random, 4), () => drawnPicture(random))),
    rankBoxes(listOf(below(random, 4), () => drawnPicture(random))),
    { pictures: null, clusters: null },
    { resamples: 20 },
  ],
  spanCounts: (random) => [drawnText(random)],
  spanMetrics: (random) => [listOf(below(random, 4), () => drawnText(random)), { resamples: 20 }],
  marginMetric: (random) => [drawnMargins(random), oneOf(random, "kappa", "mcc", "macroF1")],
};
