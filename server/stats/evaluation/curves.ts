import { ArgumentError } from "../argument-error.ts";
import type { Band } from "../estimation/cell-metrics.ts";
import { normalQuantile } from "../normal.ts";
import { wilsonInterval } from "../proportion.ts";
import { aucInterval } from "../quality/auc-interval.ts";
import { descendingOrder, rankedInfluence, scoreSteps } from "./ranked-influence.ts";

/** A point of the ROC curve: rows from this score on are predicted positive. Infinite at the beginning, where none is. */
interface RocPoint {
  threshold: number;
  falsePositiveRate: number;
  truePositiveRate: number;
}

/** A point of the precision-recall curve. */
interface PrecisionRecallPoint {
  threshold: number;
  precision: number;
  recall: number;
}

/** Curves of one class against the rest; metrics are null where a class is absent. */
export interface RankedCurves {
  positives: number;
  negatives: number;
  rocAuc: number | null;
  rocAucInterval: Band | null;
  averagePrecision: number | null;
  averagePrecisionInterval: Band | null;
  roc: RocPoint[];
  precisionRecall: PrecisionRecallPoint[];
}

/**
 * Computes the ROC curve and the precision-recall curve with their areas, rows of one score as one step. Each curve is thinned to points
 * that lie about equally far apart along it (docs/spec/evaluation.md section 2.3).
 * @param isPositive above 0 for rows of the positive class @param points greatest number of points of each curve
 * @throws ArgumentError for scores that are not finite, lists of different lengths, or fewer than two points
 */
export function rankedCurves(
  scores: ArrayLike<number>,
  isPositive: ArrayLike<number>,
  { points = 200, level = 0.95 }: { points?: number; level?: number } = {},
): RankedCurves {
  if (!(Number.isInteger(points) && points >= 2 && points <= 100_000)) {
    throw new ArgumentError("The number of points must be a whole number from 2 to 100,000.");
  }
  if (!(level > 0 && level < 1)) throw new ArgumentError("A confidence level must be above 0 and below 1.");
  const ranked = rankedInfluence(scores, isPositive);
  const { positives, negatives, rocAuc, averagePrecision } = ranked;
  const order = descendingOrder(scores);
  const { count, truths, rows } = scoreSteps(scores, isPositive, order);
  const thresholdOf = (step: number) => scores[order[(rows[step] as number) - 1] as number] as number;
  // Point 0 of the ROC curve lies before the first step.
  const falseRate = (at: number) =>
    at === 0 ? 0 : ((rows[at - 1] as number) - (truths[at - 1] as number)) / negatives;
  const trueRate = (at: number) => (at === 0 ? 0 : (truths[at - 1] as number) / positives);
  const precisionOf = (step: number) => (truths[step] as number) / (rows[step] as number);
  const recallOf = (step: number) => (truths[step] as number) / positives;
  return {
    positives,
    negatives,
    rocAuc,
    rocAucInterval: rocAuc === null ? null : aucInterval(rocAuc, positives, negatives, level),
    averagePrecision,
    averagePrecisionInterval:
      averagePrecision === null
        ? null
        : precisionInterval(averagePrecision, { influence: ranked.ofAveragePrecision, positives, level }),
    roc:
      rocAuc === null
        ? []
        : thinned(count + 1, falseRate, trueRate, points).map((at) => ({
            threshold: at === 0 ? Number.POSITIVE_INFINITY : thresholdOf(at - 1),
            falsePositiveRate: falseRate(at),
            truePositiveRate: trueRate(at),
          })),
    precisionRecall:
      positives === 0
        ? []
        : thinned(count, recallOf, precisionOf, points).map((step) => ({
            threshold: thresholdOf(step),
            precision: precisionOf(step),
            recall: recallOf(step),
          })),
  };
}

/**
 * Computes the interval of an average precision: on the scale of log odds, as Boyd, Eng and Page recommend ("Area under the precision-recall
 * curve: point estimates and confidence intervals", 2013), with the variance of the influences; where these are all 0, as for a perfect order,
 * Wilson's of as many rows as positives, which the same article calls the binomial interval.
 */
function precisionInterval(
  value: number,
  { influence, positives, level }: { influence: Float64Array; positives: number; level: number },
): Band {
  const error = Math.sqrt(influence.reduce((sum, one) => sum + one * one, 0));
  if (!(error > 0 && value > 0 && value < 1)) return wilsonInterval({ share: value, count: positives }, level);
  const half = (normalQuantile(1 - (1 - level) / 2) * error) / (value * (1 - value));
  const odds = Math.log(value / (1 - value));
  const shareOf = (logOdds: number) => 1 / (1 + Math.exp(-logOdds));
  return { low: shareOf(odds - half), high: shareOf(odds + half) };
}

/** Chooses places of a curve that lie about equally far apart along it, the first and the last among them. */
function thinned(count: number, x: (at: number) => number, y: (at: number) => number, points: number): number[] {
  if (count <= points) return Array.from({ length: count }, (_, at) => at);
  const along = new Float64Array(count);
  for (let at = 1; at < count; at += 1) {
    const step = Math.abs(x(at) - x(at - 1)) + Math.abs(y(at) - y(at - 1));
    along[at] = (along[at - 1] as number) + step;
  }
  const gap = (along[count - 1] as number) / (points - 1);
  const chosen = [0];
  for (let at = 1; at < count - 1; at += 1) {
    if (chosen.length < points - 1 && (along[at] as number) >= gap * chosen.length) chosen.push(at);
  }
  chosen.push(count - 1);
  return chosen;
}
