import { normalFrom, type Random } from "../random.ts";
import { calibrated, type IsotonicMap } from "./isotonic.ts";
import { scoreBinOf, scoreBins } from "./score-grid.ts";
import { sumOfBins } from "./sum-of-bins.ts";

/**
 * What the labelled rows of a reference say about its calibration, by groups of scores with about equal rows: the error of a mean over
 * a group is that of as many drawn labels.
 */
export interface CalibrationGroups {
  /** Scores at which the groups begin, but for the first. */
  edges: number[];
  rows: number[];
  positives: number[];
  /** Σ of the calibrated probabilities. */
  expected: number[];
}

/** How uncertain calibrated probabilities are, by group of scores. */
export interface CalibrationErrors {
  /** Group of each bin of scores. */
  groupOf: Uint8Array;
  /** Variance of the mean probability of a group. */
  variance: Float64Array;
  /** By how much the mean label of a group exceeded its mean probability. */
  bias: Float64Array;
  /** Whether probabilities were fitted to these labels; otherwise scores are taken as they are. */
  isFitted: boolean;
}

/** Rows of a window by bin, whose probabilities have these errors in common. */
export interface UncertainRows {
  errors: CalibrationErrors;
  count: Float64Array;
}

const groups = 20;

/** Counts the labelled rows of a reference by groups of about equal rows. @param map by which scores are calibrated; null: as they are */
export function calibrationGroups(
  { scores, outcomes }: { scores: ArrayLike<number>; outcomes: ArrayLike<number> },
  map: IsotonicMap | null,
): CalibrationGroups {
  const order = Array.from({ length: scores.length }, (_, at) => at).sort(
    (a, b) => (scores[a] as number) - (scores[b] as number),
  );
  const found: CalibrationGroups = { edges: [], rows: [], positives: [], expected: [] };
  let [rows, positives, expected] = [0, 0, 0];
  order.forEach((at, index) => {
    const next = order[index + 1];
    rows += 1;
    positives += outcomes[at] as number;
    expected += calibrated(scores[at] as number, map);
    const isFull = index + 1 >= ((found.rows.length + 1) * order.length) / groups;
    const isLast = next === undefined;
    if (!isLast && (!isFull || scoreBinOf(scores[next] as number) === scoreBinOf(scores[at] as number))) return;
    found.rows.push(rows);
    found.positives.push(positives);
    found.expected.push(expected);
    if (!isLast) found.edges.push(scores[next] as number);
    [rows, positives, expected] = [0, 0, 0];
  });
  return found;
}

/**
 * Returns the errors of a calibration. The variance of a group's mean is q(1 − q) / n with q = (positives + ½) / (n + 1), which few rows of
 * one class do not make 0. Isotonic regression keeps the means of its blocks, so sums over ranges of scores have about the variance of
 * label sums; within a block they are too confident by the bias (docs/spec/drift.md section 11.2).
 */
export function calibrationErrors(
  { edges, rows, positives, expected }: CalibrationGroups,
  isFitted: boolean,
): CalibrationErrors {
  const groupOf = new Uint8Array(scoreBins);
  const starts = edges.map((edge) => scoreBinOf(Math.min(1, Math.max(0, edge))));
  let group = 0;
  for (let bin = 0; bin < scoreBins; bin += 1) {
    while (group < starts.length && bin >= (starts[group] as number)) group += 1;
    groupOf[bin] = group;
  }
  const variance = Float64Array.from(rows, (count, at) => {
    const share = ((positives[at] as number) + 0.5) / (count + 1);
    return (share * (1 - share)) / count;
  });
  const bias = Float64Array.from(rows, (count, at) => ((positives[at] as number) - (expected[at] as number)) / count);
  return { groupOf, variance, bias, isFitted };
}

/** Returns the same from the perspective of the other of two classes. */
export function mirroredErrors({ groupOf, variance, bias, isFitted }: CalibrationErrors): CalibrationErrors {
  return { groupOf: groupOf.toReversed(), variance, bias: bias.map((value) => -value), isFitted };
}

const compressed = new WeakMap<CalibrationErrors, CalibrationErrors>();

/** Returns the same rows counted by group, for estimates that need no decision threshold. Same errors stay the same object. */
export function byGroup({ errors, count }: UncertainRows): UncertainRows {
  const { variance, bias, isFitted } = errors;
  const known = compressed.get(errors) ?? { groupOf: Uint8Array.from(variance.keys()), variance, bias, isFitted };
  compressed.set(errors, known);
  const rows = new Float64Array(variance.length);
  for (let bin = 0; bin < count.length; bin += 1) {
    const group = errors.groupOf[bin] as number;
    rows[group] = (rows[group] as number) + (count[bin] as number);
  }
  return { errors: known, count: rows };
}

/** Adds up rows of different windows: those with the same errors together, since their errors do not average out. */
export function sumUncertain(all: readonly (readonly UncertainRows[])[]): UncertainRows[] {
  const byErrors = Map.groupBy(all.flat(), ({ errors }) => errors);
  return Array.from(byErrors, ([errors, rows]) => ({ errors, count: sumOfBins(rows.map(({ count }) => count)) }));
}

/** What calibration adds to the variances of expected cells: of positives at and above a bin, below it, and of both together. */
export interface CellErrors {
  positive: number;
  negative: number;
  both: number;
  /** Of a fit: Σ of its biases on either side, and the variance of labels that its overconfident probabilities lack. */
  fit: { positive: number; negative: number; lacking: { positive: number; negative: number } };
  /** Σ of the known biases of scores that are taken as they are, on either side, and their variances. */
  bias: { positive: number; negative: number; variances: { positive: number; negative: number; both: number } };
}

/** Sums the errors of calibration over the rows at and above a decision threshold, and below it. @param aboveOf share of a bin's rows */
export function cellErrors(uncertain: readonly UncertainRows[], aboveOf: (bin: number) => number): CellErrors {
  const sum: CellErrors = {
    positive: 0,
    negative: 0,
    both: 0,
    fit: { positive: 0, negative: 0, lacking: { positive: 0, negative: 0 } },
    bias: { positive: 0, negative: 0, variances: { positive: 0, negative: 0, both: 0 } },
  };
  for (const { errors, count } of uncertain) {
    const [above, below] = [new Float64Array(errors.variance.length), new Float64Array(errors.variance.length)];
    for (let bin = 0; bin < count.length; bin += 1) {
      const rows = count[bin] as number;
      if (rows === 0) continue;
      const group = errors.groupOf[bin] as number;
      const share = aboveOf(bin);
      above[group] = (above[group] as number) + rows * share;
      below[group] = (below[group] as number) + rows * (1 - share);
    }
    const into = errors.isFitted ? sum : sum.bias.variances;
    const biases = errors.isFitted ? sum.fit : sum.bias;
    errors.variance.forEach((variance, group) => {
      const [high, low] = [above[group] as number, below[group] as number];
      into.positive += high * high * variance;
      into.negative += low * low * variance;
      into.both += high * low * variance;
      biases.positive += high * (errors.bias[group] as number);
      biases.negative += low * (errors.bias[group] as number);
      if (!errors.isFitted) return;
      sum.fit.lacking.positive += high * variance;
      sum.fit.lacking.negative += low * variance;
    });
  }
  return sum;
}

/**
 * Computes the variance that calibration adds to a sum of `positive` times the positives predicted so and `negative` times the others. After
 * a fit, it is that of the fit, and the variance of labels that the fit lacks: of p(1 − p), a fit to n labels keeps (1 − 1/n). Scores that
 * were taken as they are have the bias that labels showed, or its variance if that is larger, since the same labels decided against a fit.
 */
export function calibrationVariance({ bias, fit, ...errors }: CellErrors, positive: number, negative: number): number {
  const of = (part: { positive: number; negative: number; both: number }) =>
    positive * positive * part.positive + negative * negative * part.negative + 2 * positive * negative * part.both;
  const measured = positive * bias.positive + negative * bias.negative;
  const lacking = positive * positive * fit.lacking.positive + negative * negative * fit.lacking.negative;
  return Math.max(0, of(errors)) + lacking + Math.max(measured * measured, of(bias.variances));
}

/**
 * Computes by how much labels of the reference exceeded a sum of `positive` times the positives predicted so and `negative` times the others,
 * after a fit: isotonic regression is too confident on both sides of a decision threshold (docs/spec/drift.md section 11.2).
 */
export function calibrationShift({ fit }: CellErrors, positive: number, negative: number): number {
  return positive * fit.positive + negative * fit.negative;
}

/** Draws how far calibrated probabilities are off, by group. */
export function drawErrors({ variance, bias, isFitted }: CalibrationErrors, random: Random): Float64Array {
  return variance.map((own, group) => {
    const known = bias[group] as number;
    if (isFitted) return known + Math.sqrt(own) * normalFrom(random);
    return Math.sqrt(Math.max(known * known, own)) * normalFrom(random);
  });
}
