/** A map from scores to probabilities: pairs in the order of scores, interpolated between, and flat outside (docs/spec/drift.md section 11.3). */
export interface IsotonicMap {
  scores: number[];
  probabilities: number[];
}

/**
 * Fits an isotonic regression of outcomes (0 or 1, or any number) on scores: the non-decreasing steps with the least squared error, by
 * pooling adjacent violators; equal scores are averaged first. Like scikit-learn, it stores the first and the last score of each
 * block, between which the map is flat.
 * @param scores at least one
 */
export function fitIsotonic(scores: ArrayLike<number>, outcomes: ArrayLike<number>): IsotonicMap {
  const order = Array.from({ length: scores.length }, (_, index) => index).sort(
    (a, b) => (scores[a] as number) - (scores[b] as number),
  );
  const blocks: { first: number; last: number; sum: number; count: number }[] = [];
  for (const at of order) {
    const [score, outcome] = [scores[at] as number, outcomes[at] as number];
    const top = blocks.at(-1);
    if (top && top.first === score) {
      top.sum += outcome;
      top.count += 1;
      continue;
    }
    pool(blocks);
    blocks.push({ first: score, last: score, sum: outcome, count: 1 });
  }
  pool(blocks);
  const map: IsotonicMap = { scores: [], probabilities: [] };
  for (const { first, last, sum, count } of blocks) {
    map.scores.push(first);
    map.probabilities.push(sum / count);
    if (last === first) continue;
    map.scores.push(last);
    map.probabilities.push(sum / count);
  }
  return map;
}

/** Joins the last blocks for as long as they fall. */
function pool(blocks: { first: number; last: number; sum: number; count: number }[]): void {
  for (;;) {
    const [before, top] = [blocks.at(-2), blocks.at(-1)];
    if (!before || !top || before.sum / before.count < top.sum / top.count) return;
    blocks.pop();
    before.last = top.last;
    before.sum += top.sum;
    before.count += top.count;
  }
}

/** Returns the calibrated probability of a score; without a map, the score itself within 0 and 1. */
export function calibrated(score: number, map?: IsotonicMap | null): number {
  if (!map || map.scores.length === 0) return Math.min(1, Math.max(0, score));
  const { scores, probabilities } = map;
  let [low, high] = [0, scores.length - 1];
  if (score <= (scores[low] as number)) return probabilities[low] as number;
  if (score >= (scores[high] as number)) return probabilities[high] as number;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((scores[middle] as number) <= score) low = middle;
    else high = middle;
  }
  const [left, right] = [scores[low] as number, scores[high] as number];
  const [from, to] = [probabilities[low] as number, probabilities[high] as number];
  return from + ((to - from) * (score - left)) / (right - left);
}
