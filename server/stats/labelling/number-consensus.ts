import { requireFinite, requireSameLength } from "../argument-error.ts";
import { median } from "../robust.ts";
import { orderByItem, requireIndexes } from "./votes.ts";

/** Numbers that annotators gave to items, a row per number. */
export interface GivenNumbers {
  item: Int32Array;
  annotator: Int32Array;
  value: Float64Array;
  items: number;
  annotators: number;
}

export interface NumberConsensus {
  /** Weighted median of each item; null without numbers. */
  value: (number | null)[];
  /** Mean squared difference of each annotator from the others; null if no item has two numbers. */
  variance: (number | null)[];
}

/** Differences by which the mean square of all counts in that of one annotator. */
const poolDifferences = 8;

/**
 * Settles numbers as the median of each item's answers, weighted by 1 / variance of their annotators: the mean squared difference from the
 * median of the others, so that a constant shift counts against its annotator as noise does. docs/spec/labelling.md section 6.4.
 * @throws ArgumentError for columns that do not fit, or numbers that are not finite
 */
export function numberConsensus({ item, annotator, value, items, annotators }: GivenNumbers): NumberConsensus {
  requireSameLength(item, annotator, "Items and annotators of numbers");
  requireSameLength(item, value, "Items and values of numbers");
  requireFinite(value, "Numbers");
  requireIndexes(annotator, annotators, "Annotators");
  const { start, order } = orderByItem(item, items);
  const [squares, counts] = [new Float64Array(annotators), new Float64Array(annotators)];
  for (let at = 0; at < items; at += 1) {
    const rows = order.subarray(start[at], start[at + 1]);
    if (rows.length < 2) continue;
    for (const row of rows) {
      const others = Array.from(
        rows.filter((other) => other !== row),
        (other) => value[other] as number,
      );
      const who = annotator[row] as number;
      squares[who] = (squares[who] as number) + ((value[row] as number) - median(others)) ** 2;
      counts[who] = (counts[who] as number) + 1;
    }
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const pool = total === 0 ? null : squares.reduce((sum, one) => sum + one, 0) / total;
  const variance = Array.from(squares, (sum, who) =>
    pool === null ? null : (sum + poolDifferences * pool) / ((counts[who] as number) + poolDifferences),
  );
  const consensus = Array.from({ length: items }, (_, at) => {
    const rows = order.subarray(start[at], start[at + 1]);
    return weightedMedian(
      Array.from(rows, (row) => {
        const own = variance[annotator[row] as number] ?? 0;
        return { value: value[row] as number, weight: own > 0 ? 1 / own : 1 };
      }),
    );
  });
  return { value: consensus, variance };
}

/** Computes the value with half of the weight on each side, the mean of two where the halves meet between them; null for none. */
function weightedMedian(values: readonly { value: number; weight: number }[]): number | null {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let below = 0;
  for (const [at, { value, weight }] of sorted.entries()) {
    below += weight / total;
    if (below < 0.5 - 1e-12) continue;
    const next = sorted[at + 1];
    return below < 0.5 + 1e-12 && next ? value / 2 + next.value / 2 : value;
  }
  return null;
}
