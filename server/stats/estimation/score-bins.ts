import { type CalibrationErrors, cellErrors, sumUncertain, type UncertainRows } from "./calibration-errors.ts";
import type { ExpectedCells } from "./cells.ts";
import { calibrated, type IsotonicMap } from "./isotonic.ts";
import { scoreBinOf, scoreBins, scoreEdges } from "./score-grid.ts";
import { sumOfBins } from "./sum-of-bins.ts";

/** Scores by the bins of score-grid.ts, as stored at ingest; bins of two time ranges can be added. */
export interface ScoreBins {
  count: Float64Array;
  sum: Float64Array;
  sumSquares: Float64Array;
}

/** Expected values from calibrated scores, by bin: rows and their scores, positives Σp and variance Σp(1 − p). */
export interface ExpectedBins extends ScoreBins {
  positive: Float64Array;
  variance: Float64Array;
  /** Rows whose calibration is uncertain; none where scores are taken to be calibrated. */
  uncertain: readonly UncertainRows[];
  /** Scores of the positives alone, where labels say which these are. */
  positives?: ScoreBins | undefined;
}

/**
 * Calibrates scores after they were counted (docs/spec/drift.md section 11.6). Exact without a map. With one, each bin is taken at its mean
 * score and the map as straight within it, which a narrow bin hardly leaves.
 * @param errors of the calibration; none: scores are taken to be calibrated
 */
export function expectedBins(
  { count, sum, sumSquares }: ScoreBins,
  map?: IsotonicMap | null,
  errors?: CalibrationErrors | null,
): ExpectedBins {
  const expected: ExpectedBins = {
    count,
    sum,
    sumSquares,
    positive: new Float64Array(scoreBins),
    variance: new Float64Array(scoreBins),
    uncertain: errors ? [{ errors, count }] : [],
  };
  for (let bin = 0; bin < scoreBins; bin += 1) {
    const rows = count[bin] as number;
    if (rows === 0) continue;
    const [total, squares] = [sum[bin] as number, sumSquares[bin] as number];
    if (!map) {
      expected.positive[bin] = total;
      expected.variance[bin] = Math.max(0, total - squares);
      continue;
    }
    const mean = total / rows;
    const share = calibrated(mean, map);
    const [low, high] = [scoreEdges[bin] as number, scoreEdges[bin + 1] as number];
    const slope = (calibrated(high, map) - calibrated(low, map)) / (high - low);
    const within = Math.max(0, squares - total * mean) * slope * slope;
    expected.positive[bin] = rows * share;
    expected.variance[bin] = Math.max(0, rows * share * (1 - share) - within);
  }
  return expected;
}

/** Adds up the expectations of different predictions; undefined without any. */
export function sumExpected(all: readonly ExpectedBins[]): ExpectedBins | undefined {
  if (all.length < 2) return all[0];
  return {
    count: sumOfBins(all.map((one) => one.count)),
    sum: sumOfBins(all.map((one) => one.sum)),
    sumSquares: sumOfBins(all.map((one) => one.sumSquares)),
    positive: sumOfBins(all.map((one) => one.positive)),
    variance: sumOfBins(all.map((one) => one.variance)),
    uncertain: sumUncertain(all.map(({ uncertain }) => uncertain)),
  };
}

/** Scores this close to a decision threshold reach it: numbers in single precision differ by less. */
const closeness = 1e-7;

/** Rows of one bin: their number, Σ score and Σ score². */
export interface RowsOfBin {
  rows: number;
  sum: number;
  squares: number;
}

/** Returns the rows of a bin. */
export function rowsIn({ count, sum, sumSquares }: ScoreBins, bin: number): RowsOfBin {
  return { rows: count[bin] as number, sum: sum[bin] as number, squares: sumSquares[bin] as number };
}

/** Returns the share of the rows of a bin that reach a decision threshold within it. */
function shareAbove({ rows, sum, squares }: RowsOfBin, bin: number, cutOff: number): number {
  const [low, high] = [scoreEdges[bin] as number, scoreEdges[bin + 1] as number];
  const near = cutOff * closeness;
  if (rows === 0 || cutOff <= low + near) return 1;
  const mean = sum / rows;
  const deviation = Math.sqrt(Math.max(0, squares / rows - mean * mean));
  // Two rows lie exactly at one deviation on either side of their mean.
  if (rows === 2) return [mean - deviation, mean + deviation].filter((score) => score >= cutOff - near).length / 2;
  // More lie evenly around it, as wide as their deviation says. So those with the same score are all on one side.
  const half = Math.sqrt(3) * deviation;
  // Sums leave a rounding error of a small part of the bin.
  if (half <= (high - low) / 1000) return mean >= cutOff - near ? 1 : 0;
  return Math.min(1, Math.max(0, (mean + half - cutOff) / (2 * half)));
}

/**
 * Returns the bin of a decision threshold, and the shares of its rows, and of its positives, that reach it. Bins above reach it, those
 * below do not. Where labels say which rows are positive, both classes are placed by their own scores: a share of both together would be
 * off by the chance of the few positives of a rare class.
 */
function cutAt(bins: ExpectedBins, cutOff: number): { bin: number; share: number; ofPositives: number } {
  if (!(cutOff > 0)) return { bin: 0, share: 1, ofPositives: 1 };
  if (cutOff > 1) return { bin: scoreBins, share: 0, ofPositives: 0 };
  const bin = scoreBinOf(cutOff);
  const all = rowsIn(bins, bin);
  const own = bins.positives && rowsIn(bins.positives, bin);
  if (!own || own.rows === 0 || own.rows !== bins.positive[bin]) {
    const share = shareAbove(all, bin, cutOff);
    return { bin, share, ofPositives: share };
  }
  const ofPositives = shareAbove(own, bin, cutOff);
  const rest = { rows: all.rows - own.rows, sum: all.sum - own.sum, squares: all.squares - own.squares };
  const above = own.rows * ofPositives + rest.rows * shareAbove(rest, bin, cutOff);
  return { bin, share: above / all.rows, ofPositives };
}

/** Computes the expected cells at a decision threshold: exact at the edge of a bin, and where the rows of a bin have one score. */
export function cellsOfBins(bins: ExpectedBins, cutOff: number): ExpectedCells {
  const { count, positive, variance, uncertain } = bins;
  const cut = cutAt(bins, cutOff);
  const aboveOf = (bin: number, share = cut.share) => (bin > cut.bin ? 1 : bin === cut.bin ? share : 0);
  const sumOf = (values: Float64Array, share = cut.share) => {
    let sum = 0;
    for (let bin = cut.bin; bin < values.length; bin += 1) sum += (values[bin] as number) * aboveOf(bin, share);
    return sum;
  };
  const [predicted, hits, v1] = [sumOf(count), sumOf(positive, cut.ofPositives), sumOf(variance)];
  const [all, positives, v] = [totalOf(count), totalOf(positive), totalOf(variance)];
  return {
    truePositive: hits,
    falsePositive: predicted - hits,
    falseNegative: positives - hits,
    trueNegative: all - predicted - (positives - hits),
    variancePositive: v1,
    varianceNegative: Math.max(0, v - v1),
    errors: cellErrors(uncertain, aboveOf),
  };
}

/**
 * Computes ROC AUC of a histogram of scores, expected or realised: bins from low to high with the negatives so far, half of the own
 * (docs/spec/drift.md section 11.6; within 1e-4 on scores of one in a thousand). Null if a class is absent.
 */
export function aucOfBins(count: ArrayLike<number>, positive: ArrayLike<number>): number | null {
  let [below, area, positives] = [0, 0, 0];
  for (let bin = 0; bin < count.length; bin += 1) {
    const [hits, misses] = [positive[bin] as number, (count[bin] as number) - (positive[bin] as number)];
    area += hits * (below + misses / 2);
    below += misses;
    positives += hits;
  }
  return positives > 0 && below > 0 ? area / (positives * below) : null;
}

/** Computes the average precision of a histogram of scores: bins from high to low, each by the precision at its middle. */
export function precisionOfBins(count: ArrayLike<number>, positive: ArrayLike<number>): number | null {
  let [rows, hits, area] = [0, 0, 0];
  for (let bin = count.length - 1; bin >= 0; bin -= 1) {
    const [own, ownHits] = [count[bin] as number, positive[bin] as number];
    if (own > 0) area += ownHits * ((hits + ownHits / 2) / (rows + own / 2));
    rows += own;
    hits += ownHits;
  }
  return hits > 0 && hits < rows ? area / hits : null;
}

function totalOf(values: Float64Array): number {
  let sum = 0;
  for (let bin = 0; bin < values.length; bin += 1) sum += values[bin] as number;
  return sum;
}
