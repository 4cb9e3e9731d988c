import type { CalibrationErrors, CellErrors } from "#server/stats/estimation/calibration-errors.ts";
import { scoreBinOf, scoreBins } from "#server/stats/estimation/score-grid.ts";
import { agreementArguments } from "./agreement-arguments.ts";
import { driftArguments } from "./drift-arguments.ts";
import { evaluationArguments } from "./evaluation-arguments.ts";
import { labelNoiseArguments } from "./label-noise-arguments.ts";

type Random = () => number;

/** Counts drawn scores, often none or all the same, by bin. */
function drawnBins(random: Random) {
  const of = () => new Float64Array(scoreBins);
  const bins = { count: of(), sum: of(), sumSquares: of(), positive: of(), variance: of(), uncertain: [] };
  const rows = Math.floor(random() * 3) * 50;
  const same = random() < 0.3 ? Math.round(random()) : undefined;
  for (let row = 0; row < rows; row += 1) {
    const score = same ?? random() ** 4;
    const bin = scoreBinOf(score);
    bins.count[bin] = (bins.count[bin] as number) + 1;
    bins.sum[bin] = (bins.sum[bin] as number) + score;
    bins.sumSquares[bin] = (bins.sumSquares[bin] as number) + score * score;
    bins.positive[bin] = (bins.positive[bin] as number) + Math.round(random());
  }
  return bins;
}

function drawnErrors(random: Random): CalibrationErrors {
  return {
    groupOf: Uint8Array.from({ length: scoreBins }, (_, bin) => (bin < scoreBins / 2 ? 0 : 1)),
    variance: Float64Array.of(random(), 0),
    bias: Float64Array.of(random() - 0.5, 0),
    isFitted: random() < 0.5,
  };
}

function drawnCellErrors(random: Random): CellErrors {
  return {
    positive: random(),
    negative: random(),
    both: 0,
    fit: { positive: random() - 0.5, negative: 0, lacking: { positive: random(), negative: 0 } },
    bias: { positive: 0, negative: random(), variances: { positive: 0, negative: random(), both: 0 } },
  };
}

/** Numbers of cells, often 0. */
const count = (random: Random) => Math.floor(random() * 3) * 1e9;

/** Arguments of functions whose parameters depend on each other. */
export const specialArguments: Record<string, (random: Random) => unknown[]> = {
  ...driftArguments,
  ...labelNoiseArguments,
  ...evaluationArguments,
  ...agreementArguments,
  expectedBins: (random) => [drawnBins(random), null, drawnErrors(random)],
  sumExpected: (random) => [[drawnBins(random), drawnBins(random)]],
  cellsOfBins: (random) => [drawnBins(random), random() * 1.2],
  cutOffCurve: (random) => [drawnBins(random), null],
  reliability: (random) => [drawnBins(random)],
  drawnBandsOfBins: (random) => [drawnBins(random), { draws: 3 }],
  estimateFromConfidence: (random) => [new Map([["a", drawnBins(random)]])],
  totalsOf: (random) => [drawnBins(random)],
  cellErrors: (random) => [[{ errors: drawnErrors(random), count: drawnBins(random).count }], () => random()],
  byGroup: (random) => [{ errors: drawnErrors(random), count: drawnBins(random).count }],
  drawErrors: (random) => [drawnErrors(random), random],
  calibrationVariance: (random) => [drawnCellErrors(random), random(), -random()],
  calibrationShift: (random) => [drawnCellErrors(random), random(), -random()],
  logHypergeometric: (random) => {
    const total = count(random);
    return [Math.floor(random() * total), { total, marked: total, drawn: Math.floor(random() * total) }];
  },
  sampledShapley: (random) => [
    [
      { order: [0, 1], background: 0 },
      { order: [1, 0], background: 0 },
    ],
    [
      [random(), 1e150, random()],
      [0, 0, random()],
    ],
    { rows: 1 + Math.round(random()), base: random() },
  ],
  estimateMulticlass: (random) => {
    const share = random();
    return [
      [
        [share, 1 - share],
        [1, 0],
      ],
      [0, 1],
    ];
  },
  exactShapley: (random) => [[0, 1, random(), 1e150]],
};

/** Functions of numbers that are above 0, as their descriptions say. */
export const positiveArguments: ReadonlySet<string> = new Set([
  "chiSquareTail",
  "chiSquareQuantile",
  "aucNull",
  "fTail",
  "logGamma",
  "bandRadius",
  "nannyBand",
  "normalLogMixture",
  "gammaExponentialLogMixture",
  "gammaPoissonLogMixture",
  "betaBinomialLogMixture",
  "stitchedBound",
  "twoSidedLogE",
]);

/** Functions that return NaN where there is no value, as their descriptions say, which their callers check. */
export const mayBeNaN: ReadonlySet<string> = new Set([
  "emptyColumns",
  "marginMetric",
  "median",
  "oneClassMetric",
  "ratioOfSums",
  "robustDeviation",
  "theilSen",
]);

/**
 * Functions that take finite numbers only: they go through counts, bins or sorted values one by one, which callers bound, or whose
 * arrays they size by them. They are not called with others.
 */
export const takesFinite: ReadonlySet<string> = new Set([
  "absence",
  "continuousLine",
  "continuousPValue",
  "cramerVonMises",
  "dispersedLine",
  "multinomial",
  "permutedChiSquare",
  "pooledCells",
  "rankAmong",
  "sliced",
  "tierCourse",
  "upperBound",
]);

/** Functions that are not called, with the reason. Each has tests of its own. */
export const uncalled: Record<string, string> = {
  lastOf: "runs a computation in steps, as editDistance calls it",
  editSteps: "is called by editDistance",
  transcriptSteps: "is called by compareTranscripts",
  simulateRollout: "simulates whole rollouts",
  simulateRolloutInTurns: "simulates whole rollouts",
  simulateRun: "simulates whole rollouts",
  simulateMinutes: "simulates whole months",
  drawTraffic: "draws the traffic of whole rollouts",
  detection: "simulates whole rollouts",
  rollbackShares: "simulates whole rollouts",
  simulatedEvents: "runs a gate event by event",
  evaluateGuardrail: "goes through counts one by one, which its caller bounds",
  burstyRollbacks: "simulates whole rollouts",
  simulateDetection: "simulates outages minute by minute",
  simulateSilence: "simulates months of traffic minute by minute",
  simulateFalseAbsence: "simulates months of traffic minute by minute",
  medianMinutes: "simulates outages minute by minute",
  simulatePages: "simulates whole months",
  falseAlarmRates: "simulates thousands of windows",
  alarmsPerPeriod: "simulates periods of many windows",
  countedRows: "draws the rows of a simulated window",
  largestClass: "takes a row within its values",
  likelyClass: "takes a row of its probabilities",
  regroup: "takes groups of the same bins",
  binnedStatistics: "takes bins and edges that belong together",
  binnedJensenShannon: "takes tables that are not empty",
  binnedKs: "takes tables that are not empty",
  binnedWasserstein: "takes tables that are not empty",
  evaluateCells: "takes cells that are not empty",
  quantileEdges: "takes values that are not empty",
  empiricalDistances: "takes sorted values",
  andersonDarling: "takes samples that differ",
  chiSquareLine: "takes the numbers of rows of two samples",
  countBetween: "takes whole minutes",
  betaBinomialLogMixture: "takes sums and variances of the same events",
  gammaPoissonLogMixture: "takes sums and variances of the same events",
  sumAhead: "takes fits that only fitting makes",
  compatibleScore: "chooses among methods that are called themselves",
  doaneEdges: "takes the moments of the same values",
  hellingerOfNumbers: "takes ascending edges of the same values",
  mannWhitneyLess: "takes samples that differ",
  nannymlScores: "takes samples of the same column",
  nannymlLimit: "takes the scores of chunks",
  ksPValue: "takes the whole numbers of rows of two samples",
  shareCorrect: "counts items of simulated votes, of which there are some",
  constantTable: "makes the answers of a simulated annotator",
  evenTable: "makes the answers of a simulated annotator",
  simulateOverlap: "simulates whole projects",
  makeVotes: "simulates the votes of all items",
  alphaOfItems: "takes sums that only alphaSums makes",
  aucOf: "sorts the rows of a classifier, whose parts only the classifier makes",
};
