import { ArgumentError, requireSameLength } from "../argument-error.ts";
import type { Band } from "../estimation/cell-metrics.ts";
import type { ReliabilityPoint } from "../estimation/reliability.ts";
import { wilsonInterval } from "../proportion.ts";
import { meanInterval } from "../student-t.ts";
import { descendingOrder } from "./ranked-influence.ts";
import { logLossOf } from "./row-columns.ts";

/** How far scores are from the shares of correct rows; null without rows. */
export interface CalibrationMetrics {
  rows: number;
  /** Expected calibration error: mean distance of bins of equal width, by their rows. */
  ece: number | null;
  /** Root of the mean squared distance. */
  rmsce: number | null;
  /** Greatest distance. */
  mce: number | null;
  /** Expected calibration error of bins with equal numbers of rows. */
  eceEqualMass: number | null;
  /** Mean squared distance of a row; of several classes summed over them. */
  brier: number | null;
  /** Student's t; null with fewer than two rows, too. */
  brierInterval: Band | null;
  /** Mean −ln of the probability of the actual class, clipped at 1e-15. */
  logLoss: number | null;
  logLossInterval: Band | null;
  /** Bins of equal width that have rows, with Wilson's intervals. */
  bins: ReliabilityPoint[];
}

/** Calibration of several classes: of the most probable one, and of each. */
export interface MulticlassCalibration extends CalibrationMetrics {
  /** Mean over the classes of the expected calibration error of each one's probability. */
  classwiseEce: number | null;
}

/**
 * Computes the calibration of scores of two classes. Bin i of B is [i/B, (i + 1)/B), with the edges in double precision; the last one is closed
 * (Guo and others, "On calibration of modern neural networks", 2017). TorchMetrics gives a score of 1 a bin of its own, and has an edge
 * at 0.30000000000000004 (docs/spec/evaluation.md section 3.1).
 * @param scores probabilities of the positive class @param outcomes 1 or 0 @param bins from 1 to 1,000
 * @throws ArgumentError for scores outside of 0 to 1, NaN, other outcomes, or lists of different lengths
 */
export function calibrationOf(scores: ArrayLike<number>, outcomes: ArrayLike<number>, bins = 10): CalibrationMetrics {
  requireSameLength(scores, outcomes, "Scores and outcomes");
  const rows = scores.length;
  const [brier, logLoss] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row += 1) {
    const [score, outcome] = [scores[row] as number, outcomes[row] as number];
    requireProbability(score);
    if (outcome !== 0 && outcome !== 1) throw new ArgumentError("Outcomes must be 0 or 1.");
    brier[row] = (score - outcome) ** 2;
    logLoss[row] = logLossOf(score, outcome === 1);
  }
  return {
    ...binErrors(scores, outcomes, bins),
    ...meanLosses(brier, logLoss),
  };
}

/**
 * Computes the calibration of several classes: the probability of the most probable class against whether it is the actual one, and the
 * classwise error (Kull and others, "Beyond temperature scaling", 2019) (docs/spec/evaluation.md section 3.1).
 * @param probabilities of all classes, row after row @param truth index of the actual class
 * @throws ArgumentError for probabilities outside of 0 to 1, an actual class outside of the classes, or lengths that do not fit
 */
export function multiclassCalibration(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: number,
  bins = 10,
): MulticlassCalibration {
  if (!(Number.isInteger(classes) && classes >= 1 && classes <= 65_534)) {
    throw new ArgumentError("The number of classes must be a whole number from 1 to 65,534.");
  }
  const rows = truth.length;
  if (probabilities.length !== rows * classes) {
    throw new ArgumentError("Every row must have a probability for each class.");
  }
  const [confidence, correct] = [new Float64Array(rows), new Uint8Array(rows)];
  const [brier, logLoss] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row += 1) {
    const actual = truth[row] as number;
    if (!(Number.isInteger(actual) && actual >= 0 && actual < classes)) {
      throw new ArgumentError(`An actual class must be an index of the ${classes} classes.`);
    }
    let best = 0;
    for (let label = 0; label < classes; label += 1) {
      const value = probabilities[row * classes + label] as number;
      requireProbability(value);
      if (value > (probabilities[row * classes + best] as number)) best = label;
      brier[row] = (brier[row] as number) + (value - (label === actual ? 1 : 0)) ** 2;
    }
    confidence[row] = probabilities[row * classes + best] as number;
    correct[row] = best === actual ? 1 : 0;
    logLoss[row] = logLossOf(probabilities[row * classes + actual] as number);
  }
  let classwise = 0;
  const [own, isOwn] = [new Float64Array(rows), new Uint8Array(rows)];
  for (let label = 0; rows > 0 && label < classes; label += 1) {
    for (let row = 0; row < rows; row += 1) {
      own[row] = probabilities[row * classes + label] as number;
      isOwn[row] = truth[row] === label ? 1 : 0;
    }
    classwise += distances(countBins(own, isOwn, bins), rows).ece;
  }
  return {
    ...binErrors(confidence, correct, bins),
    ...meanLosses(brier, logLoss),
    classwiseEce: rows > 0 ? classwise / classes : null,
  };
}

function meanLosses(brier: Float64Array, logLoss: Float64Array) {
  const [ofBrier, ofLog] = [meanOfRows(brier), meanOfRows(logLoss)];
  return {
    brier: ofBrier.value,
    brierInterval: ofBrier.interval,
    logLoss: ofLog.value,
    logLossInterval: ofLog.interval,
  };
}

/** Computes a mean with Student's t. Losses are not below 0. */
function meanOfRows(values: Float64Array): { value: number | null; interval: Band | null } {
  const count = values.length;
  if (count === 0) return { value: null, interval: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const interval = meanInterval({ count, mean, deviation: Math.sqrt(squares / Math.max(1, count - 1)) });
  return { value: mean, interval: interval ? { low: Math.max(0, interval.low), high: interval.high } : null };
}

function requireProbability(value: number): void {
  if (!(value >= 0 && value <= 1)) throw new ArgumentError("Scores must be probabilities from 0 to 1.");
}

function binErrors(scores: ArrayLike<number>, outcomes: ArrayLike<number>, bins: number) {
  const rows = scores.length;
  const counted = countBins(scores, outcomes, bins);
  const { ece, squared, greatest } = distances(counted, rows);
  return {
    rows,
    ece: rows > 0 ? ece : null,
    rmsce: rows > 0 ? Math.sqrt(squared) : null,
    mce: rows > 0 ? greatest : null,
    eceEqualMass: rows > 0 ? equalMassError(scores, outcomes, bins) : null,
    bins: reliabilityOf(counted),
  };
}

interface CountedBins {
  count: Float64Array;
  sum: Float64Array;
  hits: Float64Array;
}

function countBins(scores: ArrayLike<number>, outcomes: ArrayLike<number>, bins: number): CountedBins {
  const of = () => new Float64Array(checkedBins(bins));
  const counted: CountedBins = { count: of(), sum: of(), hits: of() };
  for (let row = 0; row < scores.length; row += 1) {
    const score = scores[row] as number;
    const bin = equalWidthBin(score, bins);
    counted.count[bin] = (counted.count[bin] as number) + 1;
    counted.sum[bin] = (counted.sum[bin] as number) + score;
    counted.hits[bin] = (counted.hits[bin] as number) + (outcomes[row] as number);
  }
  return counted;
}

function checkedBins(bins: number): number {
  if (Number.isInteger(bins) && bins >= 1 && bins <= 1_000) return bins;
  throw new ArgumentError("The number of bins must be a whole number from 1 to 1,000.");
}

/**
 * Returns the bin of a score among bins of equal width: [i/B, (i + 1)/B), the last one closed.
 * @throws ArgumentError for a score that is no probability or a number of bins that is no whole number from 1 to 1,000
 */
export function equalWidthBin(score: number, bins: number): number {
  checkedBins(bins);
  requireProbability(score);
  let bin = Math.min(bins - 1, Math.floor(score * bins));
  // The product may round across an edge.
  if (score < bin / bins) bin -= 1;
  else if (bin < bins - 1 && score >= (bin + 1) / bins) bin += 1;
  return bin;
}

function distances({ count, sum, hits }: CountedBins, rows: number) {
  let [ece, squared, greatest] = [0, 0, 0];
  for (let bin = 0; bin < count.length; bin += 1) {
    const own = count[bin] as number;
    if (own === 0) continue;
    const distance = Math.abs((sum[bin] as number) - (hits[bin] as number)) / own;
    ece += (own / rows) * distance;
    squared += (own / rows) * distance * distance;
    greatest = Math.max(greatest, distance);
  }
  return { ece, squared, greatest };
}

/** Groups rows by rising score, ties in their order, into groups whose sizes differ by one at most (numpy's array_split). */
function equalMassError(scores: ArrayLike<number>, outcomes: ArrayLike<number>, bins: number): number {
  const rows = scores.length;
  const falling = Float64Array.from({ length: rows }, (_, row) => -(scores[row] as number));
  const order = descendingOrder(falling);
  let error = 0;
  for (let bin = 0, start = 0; bin < bins && start < rows; bin += 1) {
    const end = start + Math.floor(rows / bins) + (bin < rows % bins ? 1 : 0);
    let apart = 0;
    for (; start < end; start += 1) {
      const row = order[start] as number;
      apart += (scores[row] as number) - (outcomes[row] as number);
    }
    error += Math.abs(apart);
  }
  return error / rows;
}

function reliabilityOf({ count, sum, hits }: CountedBins): ReliabilityPoint[] {
  const points: ReliabilityPoint[] = [];
  const bins = count.length;
  for (let bin = 0; bin < bins; bin += 1) {
    const rows = count[bin] as number;
    if (rows === 0) continue;
    const share = (hits[bin] as number) / rows;
    points.push({
      from: bin / bins,
      to: (bin + 1) / bins,
      rows,
      meanScore: (sum[bin] as number) / rows,
      share,
      interval: wilsonInterval({ share, count: rows }),
    });
  }
  return points;
}
