import { requireNumbers } from "../argument-error.ts";
import { chiSquareTail } from "../chi-square.ts";
import { seededRandom } from "../random.ts";

type Value = string | number | boolean;

/** Where the metric is best along a parameter: at a value, near a number, or towards one end of the scale. */
type BestSetting = { at: Value } | { near: number } | { towards: "larger" | "smaller" };

export interface ParameterImportance {
  parameter: string;
  /** Between 0 and 1; null where trials do not differ in it, or too few share a value. */
  share: number | null;
  /** Standard error of the share; null with it. */
  error: number | null;
  /** Probability of a share at least as large if the parameter had no effect; null with it. */
  p: number | null;
  /** Null where the share may be chance. */
  best: BestSetting | null;
}

/** Fewer trials than this say nothing: chance looks like importance. */
const minTrials = 20;
/** Trials that a parameter needs in its groups. */
const minGrouped = 10;
const maxGroups = 4;
const minPerGroup = 3;
/** A share with a larger probability may be chance. */
const maxChance = 0.05;
/** Part of a share that a trend in one direction has to explain, to be said instead of a place. */
const minMonotone = 0.7;
/** Groups of trials that the standard error leaves out in turn. */
const maxFolds = 20;

interface Trial {
  parameters: Readonly<Record<string, Value>>;
  value: number;
}

/**
 * Estimates how much of the differences of a metric each parameter explains by itself. Trials are ranked by the metric, so one that diverged
 * counts as the worst and no more, and a scale does not matter; groups of the parameter's values are compared by the statistic of Kruskal and
 * Wallis (1952), corrected for ties. The share is η²_H = (H − k + 1) / (n − k), at least 0 (Tomczak and Tomczak 2014, "The need to report
 * effect size estimates revisited"); p is from the χ² approximation of H. Numbers of many values are grouped by their quantiles, at most 4
 * groups. The standard error is that of the delete-a-group jackknife over 20 random groups of trials (Shao and Tu 1995, section 2.3). What
 * parameters do only together is not in it.
 * @param trials with a value that may be infinite @param goal direction in which the metric improves
 * @returns the greatest share first; null for fewer than 20 trials
 * @throws ArgumentError for a value that is no number
 */
export function parameterImportance(
  parameters: readonly string[],
  trials: readonly Trial[],
  goal: "min" | "max",
): ParameterImportance[] | null {
  requireNumbers(trials.map(({ value }) => value));
  if (trials.length < minTrials) return null;
  const metric = trials.map(({ value }) => value);
  const ranks = averageRanks(metric);
  const folds = foldsOf(trials.length);
  return parameters
    .map((parameter): ParameterImportance => {
      const values = trials.map((trial) => trial.parameters[parameter]);
      const { share, p } = explainedShare(values, metric);
      const isChance = p === null || p >= maxChance;
      return {
        parameter,
        share,
        error: share === null ? null : jackknifeError(values, metric, folds),
        p,
        best: isChance ? null : bestSetting(values, goal === "max" ? ranks : ranks.map((rank) => -rank), share ?? 0),
      };
    })
    .sort((a, b) => (b.share ?? -1) - (a.share ?? -1));
}

/** Deals trials to folds at random, the same for each call, so that the order of a grid is in none of them. */
function foldsOf(count: number): number[] {
  const random = seededRandom(1);
  const order = Array.from({ length: count }, (_, at) => ({ at, key: random() })).sort((a, b) => a.key - b.key);
  const folds = new Array<number>(count).fill(0);
  for (const [place, { at }] of order.entries()) folds[at] = place % Math.min(maxFolds, count);
  return folds;
}

function jackknifeError(values: readonly (Value | undefined)[], metric: readonly number[], folds: readonly number[]) {
  // The groups stay, because moving their edges would count as an error of the share.
  const groups = groupsOf(values);
  const shares: number[] = [];
  for (let left = 0; left < Math.min(maxFolds, values.length); left += 1) {
    const isIn = (_: unknown, at: number) => folds[at] !== left;
    const { share } = explained(groups.filter(isIn), averageRanks(metric.filter(isIn)));
    if (share === null) return null;
    shares.push(share);
  }
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const squares = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0);
  return Math.sqrt((squares * (shares.length - 1)) / shares.length);
}

/** Returns Spearman's rank correlation, from −1 to 1; 0 where one of them does not vary. */
function rankCorrelation(values: readonly number[], others: readonly number[]): number {
  const [x, y] = [averageRanks(values), averageRanks(others)];
  const centre = (values.length + 1) / 2;
  const product = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, rank, at) => sum + (rank - centre) * ((b[at] ?? centre) - centre), 0);
  const scale = Math.sqrt(product(x, x) * product(y, y));
  return scale === 0 ? 0 : product(x, y) / scale;
}

/** Says where ranks are highest along a parameter. @param worth rank of each trial, the best is the greatest */
function bestSetting(
  values: readonly (Value | undefined)[],
  worth: readonly number[],
  share: number,
): BestSetting | null {
  const groups = groupsOf(values);
  const members = values.flatMap((value, at) => {
    const group = groups[at];
    return value === undefined || group === undefined ? [] : [{ group, value, worth: worth[at] ?? 0 }];
  });
  const means = [...Map.groupBy(members, ({ group }) => group).values()].map((each) => ({
    value: medianOf(each.map(({ value }) => value)),
    worth: each.reduce((sum, { worth }) => sum + worth, 0) / each.length,
  }));
  const [best] = means.toSorted((a, b) => b.worth - a.worth);
  if (!best) return null;
  const numbers = members.flatMap(({ value, worth }) => (typeof value === "number" ? [{ value, worth }] : []));
  if (numbers.length < members.length) return { at: best.value };
  const correlation = rankCorrelation(
    numbers.map(({ value }) => value),
    numbers.map(({ worth }) => worth),
  );
  if (means.length > 2 && correlation ** 2 >= minMonotone * share)
    return { towards: correlation > 0 ? "larger" : "smaller" };
  if (new Set(numbers.map(({ value }) => value)).size <= maxGroups) return { at: best.value };
  // The best quarter of the trials says more about the place than the edges of the groups.
  const quarter = numbers.toSorted((a, b) => b.worth - a.worth).slice(0, Math.ceil(numbers.length / 4));
  return { near: Number(medianOf(quarter.map(({ value }) => value))) };
}

/** Returns the lower median of numbers; of other values the first, because a group of them has only one. */
function medianOf(values: readonly Value[]): Value {
  const numbers = values.flatMap((value) => (typeof value === "number" ? [value] : [])).sort((a, b) => a - b);
  return numbers[Math.floor((numbers.length - 1) / 2)] ?? values[0] ?? "";
}

/** Gives each trial a group; undefined for one that is in none, because too few share its value. */
function groupsOf(values: readonly (Value | undefined)[]): (number | undefined)[] {
  const numbers = values.filter((value) => typeof value === "number");
  const isScale = numbers.length === values.length && !numbers.some(Number.isNaN) && new Set(values).size > maxGroups;
  const keys = isScale
    ? quantileGroups(numbers)
    : values.map((value) => (value === undefined ? undefined : String(value)));
  const counts = new Map<string | number, number>();
  for (const key of keys) if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  const kept = [...counts].filter(([, count]) => count >= minPerGroup).map(([key]) => key);
  return keys.map((key) => {
    const at = key === undefined ? -1 : kept.indexOf(key);
    return at < 0 ? undefined : at;
  });
}

/** Groups numbers by their rank into groups of nearly equal size; equal numbers are in one group. */
function quantileGroups(values: readonly number[]): number[] {
  const count = Math.min(maxGroups, Math.floor(values.length / minPerGroup));
  return averageRanks(values).map((rank) => Math.min(count - 1, Math.floor(((rank - 0.5) / values.length) * count)));
}

/**
 * Returns the share that groups of values explain of the ranks of a metric, and its p; null where they do not differ, or with fewer than 10
 * trials in groups.
 * @param metric may hold infinite numbers @throws ArgumentError for a value that is no number
 */
export function explainedShare(
  values: readonly (Value | undefined)[],
  metric: readonly number[],
): Pick<ParameterImportance, "share" | "p"> {
  requireNumbers(metric);
  return explained(groupsOf(values), averageRanks(metric));
}

function explained(
  groups: readonly (number | undefined)[],
  allRanks: readonly number[],
): Pick<ParameterImportance, "share" | "p"> {
  const members = groups.flatMap((group, at) => (group === undefined ? [] : [{ group, value: allRanks[at] ?? 0 }]));
  const ranks = averageRanks(members.map(({ value }) => value));
  const [n, k] = [members.length, new Set(members.map(({ group }) => group)).size];
  if (k < 2 || n < minGrouped) return { share: null, p: null };
  const sums = new Map<number, { sum: number; count: number }>();
  for (const [at, { group }] of members.entries()) {
    const { sum, count } = sums.get(group) ?? { sum: 0, count: 0 };
    sums.set(group, { sum: sum + (ranks[at] ?? 0), count: count + 1 });
  }
  const between = [...sums.values()].reduce((total, { sum, count }) => total + sum ** 2 / count, 0);
  const ties = [...Map.groupBy(ranks, (rank) => rank).values()].reduce((sum, { length: t }) => sum + t ** 3 - t, 0);
  const correction = 1 - ties / (n ** 3 - n);
  if (correction === 0) return { share: 0, p: 1 };
  const h = ((12 / (n * (n + 1))) * between - 3 * (n + 1)) / correction;
  return { share: Math.min(1, Math.max(0, (h - k + 1) / (n - k))), p: chiSquareTail(h, k - 1) };
}

/** Ranks from 1; equal values share the mean of theirs. */
function averageRanks(values: readonly number[]): number[] {
  const order = values
    .map((value, at) => ({ value, at }))
    .sort((a, b) => (a.value < b.value ? -1 : Number(a.value > b.value)));
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && order[to]?.value === order[from]?.value) to += 1;
    for (let at = from; at < to; at += 1) ranks[order[at]?.at ?? 0] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}
