import { requireNumbers } from "../argument-error.ts";
import { chiSquareTail } from "../chi-square.ts";

type Value = string | number | boolean;

export interface ParameterImportance {
  parameter: string;
  /** Between 0 and 1; null where trials do not differ in it, or too few share a value. */
  share: number | null;
  /** Probability of a share at least as large if the parameter had no effect; null with it. */
  p: number | null;
}

/** Fewer trials than this say nothing. */
const minTrials = 10;
const maxGroups = 4;
const minPerGroup = 3;

/**
 * Estimates how much of the differences of a metric each parameter explains by itself. Trials are ranked by the metric, so one that diverged
 * counts as the worst and no more, and a scale does not matter; groups of the parameter's values are compared by the statistic of Kruskal and
 * Wallis (1952), corrected for ties. The share is η²_H = (H − k + 1) / (n − k), at least 0 (Tomczak and Tomczak 2014, "The need to report
 * effect size estimates revisited"); p is from the χ² approximation of H. Numbers of many values are grouped by their quantiles, at most 4
 * groups. What parameters do only together is not in it.
 * @param trials with a value that may be infinite @returns the greatest share first; null for fewer than 10 trials
 * @throws ArgumentError for a value that is no number
 */
export function parameterImportance(
  parameters: readonly string[],
  trials: readonly { parameters: Readonly<Record<string, Value>>; value: number }[],
): ParameterImportance[] | null {
  requireNumbers(trials.map(({ value }) => value));
  if (trials.length < minTrials) return null;
  const ranks = averageRanks(trials.map(({ value }) => value));
  return parameters
    .map((parameter) => {
      const groups = groupsOf(trials.map((trial) => trial.parameters[parameter]));
      return { parameter, ...explained(groups, ranks) };
    })
    .sort((a, b) => (b.share ?? -1) - (a.share ?? -1));
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

function explained(
  groups: readonly (number | undefined)[],
  allRanks: readonly number[],
): Omit<ParameterImportance, "parameter"> {
  const members = groups.flatMap((group, at) => (group === undefined ? [] : [{ group, value: allRanks[at] ?? 0 }]));
  const ranks = averageRanks(members.map(({ value }) => value));
  const [n, k] = [members.length, new Set(members.map(({ group }) => group)).size];
  if (k < 2 || n < minTrials) return { share: null, p: null };
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
