import type { Band } from "../estimation/cell-metrics.ts";
import type { Cells } from "../estimation/cells.ts";
import { seededRandom } from "../random.ts";
import { binomialFrom } from "../random-counts.ts";

export type FairnessMetric = "accuracy" | "selectionRate" | "truePositiveRate" | "falsePositiveRate";

/** A group with the cells of its rows. */
export interface Group {
  name: string;
  cells: Cells;
}

interface GroupValue {
  name: string;
  rows: number;
  value: number;
  interval: Band;
}

export interface FairnessVerdict {
  metric: FairnessMetric;
  /** Groups of enough rows, the lowest value first. */
  groups: GroupValue[];
  /** Groups of too few rows to compare, with their rows. */
  small: { name: string; rows: number }[];
  /** Highest minus lowest value; null with fewer than two groups. */
  difference: number | null;
  differenceInterval: Band | null;
  /** Lowest by highest value; null where the highest is zero. */
  ratio: number | null;
  /** Only the lower bound of the difference raises an alarm. */
  isUnfair: boolean;
}

/** Groups smaller than this say too little (docs/spec/fairness.md section 3). */
const minGroupRows = 30;
const resamples = 1000;

/** Computes a metric of a group: correct rows, or rows predicted positive, among all rows, the positives or the negatives. */
function shareOf(metric: FairnessMetric, cells: Cells): { hits: number; of: number } {
  const { truePositive: tp, falsePositive: fp, falseNegative: fn, trueNegative: tn } = cells;
  switch (metric) {
    case "accuracy":
      return { hits: tp + tn, of: tp + fp + fn + tn };
    case "selectionRate":
      return { hits: tp + fp, of: tp + fp + fn + tn };
    case "truePositiveRate":
      return { hits: tp, of: tp + fn };
    case "falsePositiveRate":
      return { hits: fp, of: fp + tn };
  }
}

/**
 * Evaluates the fairness gap: highest minus lowest value, and lowest divided by highest (Fairlearn's `between_groups`), with percentile
 * intervals of 1,000 resamples within groups. Limits that are evaluated together share their level: pass it. Seeded.
 * @param maxDifference difference above which groups are treated unequally @param level confidence level of the intervals
 */
export function evaluateFairness(
  groups: readonly Group[],
  { metric, maxDifference, level = 0.95 }: { metric: FairnessMetric; maxDifference: number; level?: number },
): FairnessVerdict {
  const sized = groups.map(({ name, cells }) => ({ name, rows: rowsOf(cells), ...shareOf(metric, cells) }));
  const large = sized.filter(({ of }) => of >= minGroupRows);
  const random = seededRandom(29);
  const drawn = large.map(({ hits, of }) =>
    Float64Array.from({ length: resamples }, () => binomialFrom(of, hits / of, random) / of),
  );
  const differences = Array.from({ length: resamples }, (_, at) => {
    const values = drawn.map((of) => of[at] as number);
    return Math.max(...values) - Math.min(...values);
  });
  const values = large.map(({ hits, of }) => hits / of);
  const [high, low] = [Math.max(...values), Math.min(...values)];
  const isComparable = large.length >= 2;
  const differenceInterval = isComparable ? percentiles(differences, level) : null;
  return {
    metric,
    groups: large
      .map(({ name, rows, hits, of }, index) => {
        return { name, rows, value: hits / of, interval: percentiles([...(drawn[index] ?? [])], level) };
      })
      .sort((a, b) => a.value - b.value),
    small: sized.filter(({ of }) => of < minGroupRows).map(({ name, rows }) => ({ name, rows })),
    difference: isComparable ? high - low : null,
    differenceInterval,
    ratio: isComparable && high > 0 ? low / high : null,
    isUnfair: (differenceInterval?.low ?? 0) > maxDifference,
  };
}

function rowsOf({ truePositive, falsePositive, falseNegative, trueNegative }: Cells): number {
  return truePositive + falsePositive + falseNegative + trueNegative;
}

function percentiles(values: number[], level: number): Band {
  const sorted = values.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { low: at((1 - level) / 2), high: at(1 - (1 - level) / 2) };
}
