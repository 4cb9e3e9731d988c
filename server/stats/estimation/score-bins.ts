import type { ExpectedCells } from "./cells.ts";
import { calibrated, type IsotonicMap } from "./isotonic.ts";

/** Scores by equal bins of [0, 1], as stored at ingest; bins of two time ranges can be added. */
export interface ScoreBins {
  count: Float64Array;
  sum: Float64Array;
  sumSquares: Float64Array;
}

/** Expected values from calibrated scores, by bin: rows, positives Σp and variance Σp(1 − p). */
export interface ExpectedBins {
  count: Float64Array;
  positive: Float64Array;
  variance: Float64Array;
}

/**
 * Calibrates scores after they were counted (docs/spec/drift.md section 11.6). Exact without a map. With one, each bin is taken at its mean score and
 * the map as straight within it, which a bin of 1/512 hardly leaves.
 */
export function expectedBins({ count, sum, sumSquares }: ScoreBins, map?: IsotonicMap | null): ExpectedBins {
  const size = count.length;
  const expected: ExpectedBins = {
    count: Float64Array.from(count),
    positive: new Float64Array(size),
    variance: new Float64Array(size),
  };
  for (let bin = 0; bin < size; bin += 1) {
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
    const slope = (calibrated((bin + 1) / size, map) - calibrated(bin / size, map)) * size;
    const within = Math.max(0, squares - total * mean) * slope * slope;
    expected.positive[bin] = rows * share;
    expected.variance[bin] = Math.max(0, rows * share * (1 - share) - within);
  }
  return expected;
}

/** Returns the first bin whose rows are predicted positive: the decision threshold is moved to the nearest edge of a bin. */
function cutBin(cutOff: number, bins: number): number {
  return Math.min(bins, Math.max(0, Math.round(cutOff * bins)));
}

/** Computes the expected cells at a decision threshold at the edge of a bin. */
export function cellsOfBins({ count, positive, variance }: ExpectedBins, cutOff: number): ExpectedCells {
  const from = cutBin(cutOff, count.length);
  const [predicted, hits, v1] = [sumFrom(count, from), sumFrom(positive, from), sumFrom(variance, from)];
  const [all, positives, v] = [sumFrom(count, 0), sumFrom(positive, 0), sumFrom(variance, 0)];
  return {
    truePositive: hits,
    falsePositive: predicted - hits,
    falseNegative: positives - hits,
    trueNegative: all - predicted - (positives - hits),
    variancePositive: v1,
    varianceNegative: Math.max(0, v - v1),
  };
}

/**
 * Computes ROC AUC of a histogram of scores, expected or realised: bins from low to high with the negatives so far, half of the own
 * (docs/spec/drift.md section 11.6; within 1e-4 at 512 bins). Null if a class is absent.
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

function sumFrom(values: Float64Array, from: number): number {
  let sum = 0;
  for (let at = from; at < values.length; at += 1) sum += values[at] as number;
  return sum;
}
