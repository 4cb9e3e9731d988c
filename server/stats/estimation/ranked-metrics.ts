import { requireFinite, requireSameLength } from "../argument-error.ts";

/** Scores with what is known of the truth: 1 and 0 of labels, or calibrated probabilities before labels. Same length. */
export interface RankedRows {
  scores: readonly number[] | Float64Array;
  outcomes: readonly number[] | Float64Array;
}

export interface RankedMetrics {
  /** Area under the receiver's curve; null where one class is absent. */
  rocAuc: number | null;
  averagePrecision: number | null;
}

/**
 * Rounds like NannyML, which rounds cumulated sums to five decimals before it divides, so that numbers match (docs/spec/drift.md
 * section 11.1).
 */
const rounded = (value: number) => roundHalfEven(value * 1e5) / 1e5;

/**
 * Estimates ROC AUC and average precision from calibrated probabilities, each row separately as in NannyML 0.13.1
 * (docs/spec/drift.md section 11.1).
 * @throws ArgumentError for numbers that are not finite
 */
export function estimatedRanking({ scores, outcomes }: RankedRows): RankedMetrics {
  requireRanked(scores, outcomes);
  const order = descending(scores);
  let hits = 0;
  const cumulated = order.map((at) => {
    hits += outcomes[at] as number;
    return hits;
  });
  const all = rounded(cumulated.at(-1) ?? 0);
  const misses = rounded(order.length - (cumulated.at(-1) ?? 0));
  if (all <= 0 || misses <= 0) return { rocAuc: null, averagePrecision: null };
  let [area, precision, lastTrue, lastFalse] = [0, 0, 0, 0];
  cumulated.forEach((sum, index) => {
    const positives = rounded(sum);
    const negatives = rounded(index + 1 - sum);
    area += ((negatives - lastFalse) / misses) * ((positives + lastTrue) / all / 2);
    precision += ((positives - lastTrue) / all) * (positives / (index + 1));
    [lastTrue, lastFalse] = [positives, negatives];
  });
  return { rocAuc: area, averagePrecision: precision };
}

/**
 * Computes realised ROC AUC and average precision: rows of one score count as one step, as in scikit-learn.
 * @throws ArgumentError for numbers that are not finite
 */
export function realisedRanking({ scores, outcomes }: RankedRows): RankedMetrics {
  requireRanked(scores, outcomes);
  const order = descending(scores);
  let [positives, negatives, area, precision] = [0, 0, 0, 0];
  for (let start = 0; start < order.length; ) {
    let [hits, end] = [0, start];
    const score = scores[order[start] as number];
    for (; end < order.length && scores[order[end] as number] === score; end += 1) {
      hits += outcomes[order[end] as number] as number;
    }
    area += (end - start - hits) * (positives + hits / 2);
    positives += hits;
    negatives += end - start - hits;
    precision += hits * (positives / end);
    start = end;
  }
  if (positives === 0 || negatives === 0) return { rocAuc: null, averagePrecision: null };
  return { rocAuc: area / positives / negatives, averagePrecision: precision / positives };
}

function requireRanked(scores: ArrayLike<number>, outcomes: ArrayLike<number>): void {
  requireSameLength(scores, outcomes, "Scores and outcomes");
  requireFinite(scores, "Scores");
  requireFinite(outcomes, "Outcomes");
}

function descending(scores: readonly number[] | Float64Array): number[] {
  return Array.from(scores.keys()).sort((a, b) => (scores[b] as number) - (scores[a] as number));
}

/** Rounds like numpy: halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
