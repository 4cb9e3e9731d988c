import type { Band } from "../estimation/cell-metrics.ts";
import { type Cells, rowsOf } from "../estimation/cells.ts";
import { newcombeInterval, wilsonInterval } from "../proportion.ts";

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
  /** Wilson's. */
  interval: Band;
}

/** Two groups, the difference of their values, and its interval, which holds for all pairs together. */
interface GroupPair {
  lower: string;
  higher: string;
  difference: number;
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
  /** Covers the true difference between the highest and the lowest group, whichever they are. */
  differenceInterval: Band | null;
  /** The pair that certainly differs most: its interval decides. */
  pair: GroupPair | null;
  /** Lowest by highest value; null where the highest is zero. */
  ratio: number | null;
  /** Only the lower bound of a difference raises an alarm. */
  isUnfair: boolean;
}

/** Groups smaller than this say too little (docs/spec/fairness.md section 3). */
const minGroupRows = 30;

/** Counts a metric of a group: correct rows, or rows predicted positive, among all rows, the positives or the negatives. */
export function fairnessCounts(metric: FairnessMetric, cells: Cells): { hits: number; of: number } {
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
 * Evaluates the fairness gap: highest minus lowest value, and lowest divided by highest (Fairlearn's `between_groups`). Every pair of
 * groups has Newcombe's interval at a level that all pairs share (Bonferroni), because the highest and the lowest of many equal groups
 * always lie apart (docs/spec/fairness.md section 2). Limits that are evaluated together share their level: pass it.
 * @param maxDifference difference above which groups are treated unequally @param level confidence level of all pairs together
 */
export function evaluateFairness(
  groups: readonly Group[],
  { metric, maxDifference, level = 0.95 }: { metric: FairnessMetric; maxDifference: number; level?: number },
): FairnessVerdict {
  const sized = groups.map(({ name, cells }) => ({ name, rows: rowsOf(cells), ...fairnessCounts(metric, cells) }));
  const large = sized
    .filter(({ of }) => of >= minGroupRows)
    .map((group) => ({ ...group, value: group.hits / group.of }))
    .sort((a, b) => a.value - b.value);
  const pairs = pairsOf(large, level);
  const [lowest, highest] = [large[0]?.value ?? 0, large.at(-1)?.value ?? 0];
  const low = Math.max(0, ...pairs.map(({ interval }) => interval.low));
  return {
    metric,
    groups: large.map(({ name, rows, of, value }) => {
      return { name, rows, value, interval: wilsonInterval({ share: value, count: of }, level) };
    }),
    small: sized.filter(({ of }) => of < minGroupRows).map(({ name, rows }) => ({ name, rows })),
    difference: pairs.length > 0 ? highest - lowest : null,
    differenceInterval:
      pairs.length > 0 ? { low, high: Math.max(...pairs.map(({ interval }) => interval.high)) } : null,
    pair: pairs.toSorted((a, b) => b.interval.low - a.interval.low)[0] ?? null,
    ratio: pairs.length > 0 && highest > 0 ? lowest / highest : null,
    isUnfair: low > maxDifference,
  };
}

/** Compares each group with each of a higher value. @param groups the lowest value first */
function pairsOf(groups: readonly { name: string; of: number; value: number }[], level: number): GroupPair[] {
  const each = 1 - (1 - level) / Math.max(1, (groups.length * (groups.length - 1)) / 2);
  return groups.flatMap((higher, index) =>
    groups.slice(0, index).map((lower) => ({
      lower: lower.name,
      higher: higher.name,
      difference: higher.value - lower.value,
      interval: newcombeInterval(
        { share: higher.value, count: higher.of },
        { share: lower.value, count: lower.of },
        each,
      ),
    })),
  );
}
