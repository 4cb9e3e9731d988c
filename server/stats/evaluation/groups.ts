import { ArgumentError, requireSameLength } from "../argument-error.ts";
import type { Band } from "../estimation/cell-metrics.ts";
import { type Cells, countCells, rowsOf } from "../estimation/cells.ts";
import { newcombeInterval, wilsonInterval } from "../proportion.ts";
import { evaluateFairness, type FairnessMetric, type FairnessVerdict, fairnessCounts } from "../quality/fairness.ts";
import { type BootstrapOptions, bootstrapOfSums, percentileInterval } from "./bootstrap.ts";
import { minEvaluatedRows } from "./compare-paired.ts";
import {
  answeredRows,
  type MetricEstimate,
  type RatioMetric,
  ratioOfSums,
  ratioTerms,
  sumByCluster,
  sumOfValues,
} from "./ratio-metrics.ts";
import type { RowColumns } from "./row-columns.ts";

/** A share of a group: its value, of how many rows, and Wilson's interval. Null where these are none. */
export interface GroupShare {
  value: number | null;
  of: number;
  interval: Band | null;
}

/** Shares of one group. */
interface GroupShares extends Record<FairnessMetric, GroupShare> {
  name: string;
  rows: number;
  /** Fewer than 30 rows: listed, and not evaluated. */
  isSmall: boolean;
}

/** Highest and lowest group of a share. */
export interface GroupGap {
  difference: number;
  /** Lowest divided by highest; null where the highest is 0. */
  ratio: number | null;
  highest: string;
  lowest: string;
  /** Newcombe's of the two. With more than two groups it ignores that they were chosen: the verdict does not. */
  interval: Band;
}

/** How shares differ between groups; null where fewer than two groups have the share. */
export interface GroupDifferences {
  groups: GroupShares[];
  between: Record<FairnessMetric, GroupGap | null>;
  /** Difference and ratio of selection rates. */
  demographicParityDifference: number | null;
  demographicParityRatio: number | null;
  /** Greater one of the differences of true and of false positive rates; null if one is. */
  equalizedOddsDifference: number | null;
}

const shares = ["accuracy", "selectionRate", "truePositiveRate", "falsePositiveRate"] as const;

/**
 * Computes the shares of each group and how they differ, in Fairlearn's terms. A share without rows is null; Fairlearn takes it for 0 and
 * makes a difference of it (docs/spec/evaluation.md sections 8.1 and 8.2).
 * @param truth 1 for actual positives, else 0 @param answer 1 for predicted positives @param group index of the group's name
 * @throws ArgumentError for other values, groups without a name, or lists of different lengths
 */
export function groupShares(
  truth: ArrayLike<number>,
  answer: ArrayLike<number>,
  group: ArrayLike<number>,
  names: readonly string[],
): GroupDifferences {
  const groups = cellsByGroup(truth, answer, group, names).map(({ name, cells }): GroupShares => {
    const rows = rowsOf(cells);
    const of = (metric: FairnessMetric): GroupShare => {
      const { hits, of: count } = fairnessCounts(metric, cells);
      if (count === 0) return { value: null, of: 0, interval: null };
      return { value: hits / count, of: count, interval: wilsonInterval({ share: hits / count, count }) };
    };
    return {
      name,
      rows,
      isSmall: rows < minEvaluatedRows,
      accuracy: of("accuracy"),
      selectionRate: of("selectionRate"),
      truePositiveRate: of("truePositiveRate"),
      falsePositiveRate: of("falsePositiveRate"),
    };
  });
  const between = Object.fromEntries(
    shares.map((metric) => [metric, gapOf(groups, metric)]),
  ) as GroupDifferences["between"];
  const { selectionRate, truePositiveRate, falsePositiveRate } = between;
  return {
    groups,
    between,
    demographicParityDifference: selectionRate?.difference ?? null,
    demographicParityRatio: selectionRate?.ratio ?? null,
    equalizedOddsDifference:
      truePositiveRate && falsePositiveRate
        ? Math.max(truePositiveRate.difference, falsePositiveRate.difference)
        : null,
  };
}

/**
 * Evaluates whether groups of at least 30 rows certainly differ by more than a limit, by the pairs of docs/spec/fairness.md section 2: with many
 * groups the highest and the lowest always lie apart, so a bootstrap of their difference alone would never be near 0.
 * @throws ArgumentError as groupShares
 */
export function evaluateGroups(
  rows: { truth: ArrayLike<number>; answer: ArrayLike<number>; group: ArrayLike<number>; names: readonly string[] },
  options: { metric: FairnessMetric; maxDifference: number; level?: number },
): FairnessVerdict {
  return evaluateFairness(cellsByGroup(rows.truth, rows.answer, rows.group, rows.names), options);
}

function cellsByGroup(
  truth: ArrayLike<number>,
  answer: ArrayLike<number>,
  group: ArrayLike<number>,
  names: readonly string[],
): { name: string; cells: Cells }[] {
  requireSameLength(truth, answer, "Actual and predicted classes");
  requireSameLength(truth, group, "Rows and groups");
  const rows = names.map((): { isPositive: boolean; isPredicted: boolean }[] => []);
  for (let row = 0; row < truth.length; row += 1) {
    const [actual, predicted] = [truth[row] as number, answer[row] as number];
    if (!isBinary(actual) || !isBinary(predicted)) throw new ArgumentError("Classes must be 0 or 1.");
    const own = rows[group[row] as number];
    if (!own) throw new ArgumentError("Every group must have a name.");
    own.push({ isPositive: actual === 1, isPredicted: predicted === 1 });
  }
  return names.map((name, at) => ({ name, cells: countCells(rows[at] ?? []) }));
}

function isBinary(value: number): boolean {
  return value === 0 || value === 1;
}

function gapOf(groups: readonly GroupShares[], metric: FairnessMetric): GroupGap | null {
  const known = groups.filter((group) => group[metric].value !== null);
  if (known.length < 2) return null;
  let [highest, lowest] = [known[0] as GroupShares, known[0] as GroupShares];
  const valueIn = (group: GroupShares) => group[metric].value as number;
  for (const group of known) {
    if (valueIn(group) > valueIn(highest)) highest = group;
    if (valueIn(group) < valueIn(lowest)) lowest = group;
  }
  const proportion = (group: GroupShares) => ({ share: valueIn(group), count: group[metric].of });
  return {
    difference: valueIn(highest) - valueIn(lowest),
    ratio: valueIn(highest) > 0 ? valueIn(lowest) / valueIn(highest) : null,
    highest: highest.name,
    lowest: lowest.name,
    interval: newcombeInterval(proportion(highest), proportion(lowest)),
  };
}

/** A ratio metric of one group. */
interface GroupRatio extends MetricEstimate {
  name: string;
  rows: number;
  /** Fewer than 30 rows: listed, and not evaluated. */
  isSmall: boolean;
}

/** A ratio metric by group, with the highest less the lowest of the groups of enough rows; null with fewer than two of them. */
export interface GroupRatios {
  groups: GroupRatio[];
  difference: number | null;
  interval: Band | null;
  ratio: number | null;
}

/**
 * Cuts a ratio metric by group: word errors by accent, lead by machine type. The difference between the highest and the lowest has a bootstrap of
 * rows within each group (docs/spec/evaluation.md section 8.2).
 * @param segments rows of each group @param clusters number of the entity of each row, where rows share one: then entities are drawn
 * @throws ArgumentError for missing parts or rows outside of the set
 */
export function groupRatios(
  columns: RowColumns,
  ratio: RatioMetric,
  segments: readonly { name: string; rows: Uint32Array }[],
  {
    resamples = 1_000,
    seed = 1,
    level = 0.95,
    clusters = null,
  }: BootstrapOptions & { clusters?: Uint32Array | null } = {},
): GroupRatios {
  const isRoot = ratio.isRoot === true;
  const courses: Float64Array[] = [];
  const groups = segments.map(({ name, rows }, at): GroupRatio => {
    const answered = answeredRows([columns], rows);
    const { numerator, denominator } = ratioTerms(columns, ratio, answered);
    const value = ratioOfSums(sumOfValues(numerator), sumOfValues(denominator), isRoot);
    const course: number[] = [];
    const units = [numerator, denominator];
    const [interval] = bootstrapOfSums(
      clusters ? units.map((values) => sumByCluster(values, clusters, answered)) : units,
      1,
      (sums, into) => {
        into[0] = ratioOfSums(sums[0] as number, sums[1] as number, isRoot);
        course.push(into[0]);
      },
      { resamples, seed: seed + at, level },
    );
    const isSmall = answered.length < minEvaluatedRows;
    if (!isSmall && !Number.isNaN(value)) courses.push(Float64Array.from([value, ...course]));
    return {
      name,
      rows: answered.length,
      isSmall,
      value: Number.isNaN(value) ? null : value,
      interval: interval ?? null,
    };
  });
  if (courses.length < 2) return { groups, difference: null, interval: null, ratio: null };
  const ends = (at: number) => {
    const values = courses.map((course) => course[at] as number);
    return { low: Math.min(...values), high: Math.max(...values) };
  };
  const { low, high } = ends(0);
  const gaps = Float64Array.from({ length: resamples }, (_, at) => {
    const drawn = ends(at + 1);
    return drawn.high - drawn.low;
  });
  return {
    groups,
    difference: high - low,
    interval: percentileInterval(gaps, level),
    ratio: high > 0 && low >= 0 ? low / high : null,
  };
}
