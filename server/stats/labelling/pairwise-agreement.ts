import { wilsonInterval } from "../proportion.ts";
import { beyondChance } from "./cohen-kappa.ts";
import { orderByItem, requireVotes, type Votes } from "./votes.ts";

/** Answers of one annotator, or of two, to the same items. */
interface SharedAgreement {
  /** Items that both answered, and those with equal answers. */
  shared: number;
  agreed: number;
  /** Agreed by shared, with Wilson's interval; null without shared items. */
  share: number | null;
  low: number | null;
  high: number | null;
}

/** Agreement of two annotators, the first with the lower number. */
interface PairAgreement extends SharedAgreement {
  a: number;
  b: number;
  /** Cohen's; null if both always said the same class. */
  kappa: number | null;
}

export interface PairwiseAgreement {
  /** Pairs that share at least one item, by their numbers. */
  pairs: PairAgreement[];
  /** Agreement of each annotator with all others: over all pairs, so items of three people count twice. */
  ofAnnotator: SharedAgreement[];
  /** Agreed by shared over all pairs; null without shared items. */
  mean: number | null;
}

/** Counts of a pair: equal answers, then the answers of each to shared items by class. */
interface PairCounts {
  shared: number;
  agreed: number;
  first: Float64Array;
  second: Float64Array;
}

/**
 * Computes how often each two annotators gave the same class. docs/spec/labelling.md section 5.3. Of several votes of one annotator on an
 * item, each counts.
 * @throws ArgumentError for votes that do not fit
 */
export function pairwiseAgreement(votes: Votes): PairwiseAgreement {
  requireVotes(votes);
  const { item, annotator, given, items, annotators, classes } = votes;
  const { start, order } = orderByItem(item, items);
  const counts = new Map<number, PairCounts>();
  for (let at = 0; at < items; at += 1) {
    for (let one = start[at] as number; one < (start[at + 1] as number); one += 1) {
      for (let other = start[at] as number; other < one; other += 1) {
        const [x, y] = [order[one] as number, order[other] as number];
        const [a, b] = [annotator[x] as number, annotator[y] as number];
        if (a < b) addTo(counts, a * annotators + b, given[x] as number, given[y] as number, classes);
        else if (b < a) addTo(counts, b * annotators + a, given[y] as number, given[x] as number, classes);
      }
    }
  }
  const sums = Array.from({ length: annotators }, () => ({ shared: 0, agreed: 0 }));
  const all = { shared: 0, agreed: 0 };
  const pairs = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([key, pair]): PairAgreement => {
      const [a, b] = [Math.floor(key / annotators), key % annotators];
      for (const sum of [sums[a], sums[b], all]) {
        if (!sum) continue;
        sum.shared += pair.shared;
        sum.agreed += pair.agreed;
      }
      return { a, b, ...withInterval(pair), kappa: kappaOf(pair) };
    });
  return {
    pairs,
    ofAnnotator: sums.map((sum) => withInterval(sum)),
    mean: all.shared === 0 ? null : all.agreed / all.shared,
  };
}

function addTo(counts: Map<number, PairCounts>, key: number, a: number, b: number, classes: number): void {
  let pair = counts.get(key);
  if (!pair) {
    pair = { shared: 0, agreed: 0, first: new Float64Array(classes), second: new Float64Array(classes) };
    counts.set(key, pair);
  }
  pair.shared += 1;
  pair.agreed += a === b ? 1 : 0;
  pair.first[a] = (pair.first[a] as number) + 1;
  pair.second[b] = (pair.second[b] as number) + 1;
}

function withInterval({ shared, agreed }: { shared: number; agreed: number }): SharedAgreement {
  if (shared === 0) return { shared, agreed, share: null, low: null, high: null };
  const share = agreed / shared;
  return { shared, agreed, share, ...wilsonInterval({ share, count: shared }) };
}

function kappaOf({ shared, agreed, first, second }: PairCounts): number | null {
  let expected = 0;
  for (let one = 0; one < first.length; one += 1) {
    expected += ((first[one] as number) / shared) * ((second[one] as number) / shared);
  }
  return beyondChance(agreed / shared, expected);
}
