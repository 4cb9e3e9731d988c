import { ArgumentError } from "../argument-error.ts";
import { meanInterval } from "../student-t.ts";

/** Answer of an annotator to an item, of any kind. */
export interface GivenAnswer<Answer> {
  item: number;
  annotator: number;
  answer: Answer;
}

/** How similar the answers of annotators to the same items are. */
export interface PairSimilarity {
  /** Pairs of annotators that share an item, the lower number first. */
  pairs: { a: number; b: number; shared: number; mean: number }[];
  /** Items with at least two compared answers. */
  compared: number;
  /** Mean over these items of the mean over their pairs, with Student's interval; null where there are too few. */
  mean: number | null;
  low: number | null;
  high: number | null;
}

/**
 * Compares answers that are neither classes nor numbers, such as boxes, spans and texts, pair by pair. An item counts once however many
 * annotators answered it. docs/spec/labelling.md section 5.4.
 * @param compare similarity of two answers from 0 to 1, null where it is undefined; called with the lower annotator first
 * @throws ArgumentError for a similarity outside 0 to 1
 */
export function pairSimilarity<Answer>(
  answers: readonly GivenAnswer<Answer>[],
  compare: (a: Answer, b: Answer) => number | null,
): PairSimilarity {
  const pairs = new Map<string, { a: number; b: number; shared: number; sum: number }>();
  const ofItems: number[] = [];
  for (const own of Map.groupBy(answers, ({ item }) => item).values()) {
    const sorted = own.toSorted((a, b) => a.annotator - b.annotator);
    let [sum, count] = [0, 0];
    for (const [at, { annotator: b, answer }] of sorted.entries()) {
      for (const { annotator: a, answer: other } of sorted.slice(0, at)) {
        const similarity = a === b ? null : compare(other, answer);
        if (similarity === null) continue;
        if (!(similarity >= 0 && similarity <= 1)) throw new ArgumentError("A similarity must be from 0 to 1.");
        const pair = pairs.get(`${a} ${b}`) ?? { a, b, shared: 0, sum: 0 };
        pairs.set(`${a} ${b}`, pair);
        pair.shared += 1;
        pair.sum += similarity;
        sum += similarity;
        count += 1;
      }
    }
    if (count > 0) ofItems.push(sum / count);
  }
  const compared = ofItems.length;
  const mean = compared === 0 ? null : ofItems.reduce((sum, one) => sum + one, 0) / compared;
  const squares = ofItems.reduce((sum, one) => sum + (one - (mean as number)) ** 2, 0);
  const interval =
    mean === null ? undefined : meanInterval({ count: compared, mean, deviation: Math.sqrt(squares / (compared - 1)) });
  return {
    pairs: [...pairs.values()]
      .sort((x, y) => x.a - y.a || x.b - y.b)
      .map(({ a, b, shared, sum }) => ({ a, b, shared, mean: sum / shared })),
    compared,
    mean,
    low: interval ? Math.max(0, interval.low) : null,
    high: interval ? Math.min(1, interval.high) : null,
  };
}
