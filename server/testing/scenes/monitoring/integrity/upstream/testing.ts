import { addNumber, addValue } from "../../../../../watch/monitoring/state/add-value.ts";
import type {
  CategoricalProfile,
  FeatureState,
  NumericProfile,
  ProfiledFeature,
} from "../../../../../watch/monitoring/state/contract.ts";
import { emptyFeature } from "../../../../../watch/monitoring/state/empty-state.ts";

/** The profile of numbers, by the rules of docs/spec/drift.md section 5.1. */
export function numericProfile(values: readonly number[], wish: { bins?: number } = {}): NumericProfile {
  const { bins = 512 } = wish;
  const sorted = values.toSorted((a, b) => a - b);
  const edges = new Set<number>();
  for (let cut = 1; cut < bins; cut++) {
    const place = ((sorted.length - 1) * cut) / bins;
    const low = sorted[Math.floor(place)] as number;
    const high = sorted[Math.ceil(place)] as number;
    edges.add(low + (place - Math.floor(place)) * (high - low));
  }
  const distinct = [...new Set(sorted)];
  const [min, max] = [sorted[0] as number, sorted.at(-1) as number];
  const empty = {
    kind: "numeric" as const,
    count: 0,
    nulls: 0,
    nans: 0,
    posInf: 0,
    negInf: 0,
    zeros: 0,
    min,
    max,
    mean: 0,
    m2: 0,
    edges: [...edges],
    bins: Array.from({ length: edges.size + 1 }, () => 0),
    isInteger: values.every(Number.isInteger),
    values: null,
  };
  const state = emptyFeature(empty);
  if (state.kind !== "numeric") throw new Error("It is numeric.");
  for (const value of values) addNumber(state, empty, value);
  const { below: _, above: __, bins: counts, ...rest } = state;
  const few = distinct.length <= 20;
  const exact = few
    ? distinct.map((value): [number, number] => [value, values.filter((one) => one === value).length])
    : null;
  return { ...empty, ...rest, bins: [...counts], values: exact };
}

/** The profile of levels, all of them kept. */
export function categoricalProfile(values: readonly (string | null)[]): CategoricalProfile {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const levels = [...counts].sort((a, b) => b[1] - a[1]);
  const nulls = values.filter((value) => value === null).length;
  return {
    kind: "categorical",
    count: values.length - nulls,
    nulls,
    levels,
    other: 0,
    otherLevels: [],
    once: levels.filter(([, count]) => count === 1).length,
  };
}

/** What a window with these values leaves behind. */
export function stateOf(
  profile: NumericProfile | CategoricalProfile,
  values: readonly (number | string | null)[],
): FeatureState {
  const state = emptyFeature(profile);
  for (const value of values) addValue(state, profile, value);
  return state;
}

export function feature(
  name: string,
  profile: NumericProfile | CategoricalProfile,
  role: "input" | "output" = "input",
): ProfiledFeature {
  return { name, role, profile };
}
