import { requireFinite, requireSameLength } from "../argument-error.ts";

/** Area under the ROC curve and average precision, with what each row contributes to them. */
export interface RankedInfluence {
  positives: number;
  negatives: number;
  /** Null where a class is absent. */
  rocAuc: number | null;
  /** Null without positives. */
  averagePrecision: number | null;
  /** Derivatives of the two metrics by the weight of each row; their sum is 0. Empty where a metric is null. */
  ofRocAuc: Float64Array;
  ofAveragePrecision: Float64Array;
}

/**
 * Computes the area under the ROC curve and average precision, rows of one score as one step, and the influence of each row: the
 * derivative of the metric by its weight (infinitesimal jackknife: Jaeckel, Bell Laboratories memorandum 72-1215-11, 1972; Efron, "The
 * jackknife, the bootstrap and other resampling plans", chapter 6, 1982). Σ influence² is the variance of the metric; for the area it is that
 * of DeLong, DeLong and Clarke-Pearson (Biometrics 44, 1988) (docs/spec/evaluation.md section 9.4).
 * @param isPositive above 0 for rows of the positive class
 * @throws ArgumentError for scores that are not finite or lists of different lengths
 */
export function rankedInfluence(scores: ArrayLike<number>, isPositive: ArrayLike<number>): RankedInfluence {
  requireSameLength(scores, isPositive, "Scores and classes");
  requireFinite(scores, "Scores");
  const rows = scores.length;
  let positives = 0;
  for (let row = 0; row < rows; row += 1) if ((isPositive[row] as number) > 0) positives += 1;
  const negatives = rows - positives;
  const none = new Float64Array(0);
  if (positives === 0 || negatives === 0) {
    return {
      positives,
      negatives,
      rocAuc: null,
      // Without negatives every alarm is correct, whatever the order.
      averagePrecision: positives > 0 ? 1 : null,
      ofRocAuc: none,
      ofAveragePrecision: positives > 0 ? new Float64Array(rows) : none,
    };
  }
  const order = descendingOrder(scores);
  const steps = scoreSteps(scores, isPositive, order);
  let [area, precision] = [0, 0];
  for (let step = 0; step < steps.count; step += 1) {
    const [hits, truths, all] = [steps.hits[step], steps.truths[step], steps.rows[step]] as [number, number, number];
    const before = step > 0 ? (steps.rows[step - 1] as number) : 0;
    const misses = all - before - hits;
    area += misses * (truths - hits / 2);
    precision += (hits * truths) / all;
  }
  const rocAuc = area / positives / negatives;
  const averagePrecision = precision / positives;
  const [ofRocAuc, ofAveragePrecision] = [new Float64Array(rows), new Float64Array(rows)];
  // From the lowest step upwards, so that the sums over all later steps are known.
  let [gain, loss] = [0, 0];
  for (let step = steps.count - 1; step >= 0; step -= 1) {
    const [hits, truths, all] = [steps.hits[step], steps.truths[step], steps.rows[step]] as [number, number, number];
    const before = step > 0 ? (steps.rows[step - 1] as number) : 0;
    const misses = all - before - hits;
    gain += (hits * (all - truths)) / (all * all);
    loss += (hits * truths) / (all * all);
    const negativesBelow = negatives - (all - truths) + misses / 2;
    const ofPositive = (negativesBelow / negatives - rocAuc) / positives;
    const ofNegative = ((truths - hits / 2) / positives - rocAuc) / negatives;
    const apPositive = (truths / all - averagePrecision + gain) / positives;
    const apNegative = -loss / positives;
    for (let at = before; at < all; at += 1) {
      const row = order[at] as number;
      const isHit = (isPositive[row] as number) > 0;
      ofRocAuc[row] = isHit ? ofPositive : ofNegative;
      ofAveragePrecision[row] = isHit ? apPositive : apNegative;
    }
  }
  return { positives, negatives, rocAuc, averagePrecision, ofRocAuc, ofAveragePrecision };
}

/** Steps of equal scores from the highest one down: positives of the step, and positives and rows up to its end. */
interface RankedSteps {
  count: number;
  hits: Float64Array;
  truths: Float64Array;
  rows: Float64Array;
}

/** Groups sorted rows into steps of equal scores. @param order numbers of rows, the highest score first */
export function scoreSteps(scores: ArrayLike<number>, isPositive: ArrayLike<number>, order: Uint32Array): RankedSteps {
  const of = () => new Float64Array(order.length);
  const steps: RankedSteps = { count: 0, hits: of(), truths: of(), rows: of() };
  let truths = 0;
  for (let start = 0; start < order.length; ) {
    const score = scores[order[start] as number];
    let [end, hits] = [start, 0];
    do {
      if ((isPositive[order[end] as number] as number) > 0) hits += 1;
      end += 1;
    } while (end < order.length && scores[order[end] as number] === score);
    truths += hits;
    steps.hits[steps.count] = hits;
    steps.truths[steps.count] = truths;
    steps.rows[steps.count] = end;
    steps.count += 1;
    start = end;
  }
  return steps;
}

/** Digits of a radix sort: three of 11 bits hold the 32 of a score. */
const digitBits = 11;
const digits = 2 ** digitBits;

/**
 * Returns the numbers of rows by falling score, equal scores in the order of rows. Scores that single precision holds are sorted by their bits,
 * digit by digit, which takes a tenth of the time of comparisons.
 */
export function descendingOrder(scores: ArrayLike<number>): Uint32Array {
  const rows = scores.length;
  let order = new Uint32Array(rows);
  for (let row = 0; row < rows; row += 1) order[row] = row;
  const single = singlePrecision(scores);
  if (!single) return order.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  const keys = fallingKeys(single);
  let other = new Uint32Array(rows);
  for (let shift = 0; shift < 32; shift += digitBits) {
    const starts = new Uint32Array(digits + 1);
    for (let row = 0; row < rows; row += 1) {
      const digit = ((keys[row] as number) >>> shift) & (digits - 1);
      starts[digit + 1] = (starts[digit + 1] as number) + 1;
    }
    for (let digit = 0; digit < digits; digit += 1) {
      starts[digit + 1] = (starts[digit + 1] as number) + (starts[digit] as number);
    }
    for (let at = 0; at < rows; at += 1) {
      const row = order[at] as number;
      const digit = ((keys[row] as number) >>> shift) & (digits - 1);
      const place = starts[digit] as number;
      starts[digit] = place + 1;
      other[place] = row;
    }
    [order, other] = [other, order];
  }
  return order;
}

/** Returns scores in single precision; undefined if one of them needs more. */
function singlePrecision(scores: ArrayLike<number>): Float32Array | undefined {
  if (scores instanceof Float32Array) return scores;
  const single = new Float32Array(scores.length);
  for (let row = 0; row < single.length; row += 1) {
    single[row] = scores[row] as number;
    if (single[row] !== scores[row]) return undefined;
  }
  return single;
}

/** Returns integers whose order is that of falling scores. */
function fallingKeys(scores: Float32Array): Uint32Array {
  const plain = new Float32Array(scores.length);
  // Adding 0 turns −0 into 0, which equals it.
  for (let row = 0; row < plain.length; row += 1) plain[row] = (scores[row] as number) + 0;
  const keys = new Uint32Array(plain.buffer);
  for (let row = 0; row < keys.length; row += 1) {
    const bits = keys[row] as number;
    // The bits of negative numbers rise as they fall, those of others rise as they do.
    keys[row] = bits >>> 31 === 1 ? bits : ~(bits ^ 0x80000000);
  }
  return keys;
}
