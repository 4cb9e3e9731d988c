import { normalFrom, type Random } from "#server/stats/random.ts";
import { addValue } from "../../../../watch/monitoring/state/add-value.ts";
import {
  type FeatureProfile,
  type ProfiledFeature,
  profileBins,
  type SpanState,
} from "../../../../watch/monitoring/state/contract.ts";
import { emptyFeature, emptyState } from "../../../../watch/monitoring/state/empty-state.ts";

type Value = number | string | null;
type Columns = Record<string, readonly Value[]>;

/** Features profiled from columns; those in `outputs` are answers. Numbers make numeric features, texts categorical ones. */
export function profiled(columns: Columns, outputs: readonly string[] = []): ProfiledFeature[] {
  return Object.entries(columns).map(([name, values]) => ({
    name,
    role: outputs.includes(name) ? ("output" as const) : ("input" as const),
    profile: values.some((value) => typeof value === "string") ? ofLevels(values) : ofNumbers(values),
  }));
}

/** What a gateway would have counted of rows. */
export function counted(features: readonly ProfiledFeature[], columns: Columns): SpanState {
  const state = emptyState(features);
  state.rows = Math.max(0, ...Object.values(columns).map(({ length }) => length));
  for (const [place, { name, profile }] of features.entries()) {
    const feature = state.features[place];
    for (const value of columns[name] ?? []) if (feature) addValue(feature, profile, value);
  }
  return state;
}

/** So many normal values. */
export function normals(random: Random, count: number, { mean = 0, spread = 1 } = {}): number[] {
  return Array.from({ length: count }, () => mean + spread * normalFrom(random));
}

/** So many levels, drawn evenly. */
export function levels(random: Random, count: number, names: readonly string[]): string[] {
  return Array.from({ length: count }, () => names[Math.floor(random() * names.length)] ?? "");
}

function ofNumbers(values: readonly Value[]): FeatureProfile {
  const sorted = values.filter((value): value is number => typeof value === "number").sort((a, b) => a - b);
  const at = (place: number) => sorted[place] ?? Number.NaN;
  const edges = Array.from({ length: profileBins - 1 }, (_, index) => {
    const place = ((sorted.length - 1) * (index + 1)) / profileBins;
    const floor = Math.floor(place);
    return at(floor) + (place - floor) * (at(Math.min(floor + 1, sorted.length - 1)) - at(floor));
  });
  const known = { min: at(0), max: at(sorted.length - 1), edges: [...new Set(edges)] };
  const blank = { nans: 0, posInf: 0, negInf: 0, zeros: 0, mean: 0, m2: 0, isInteger: false, values: null };
  const profile: FeatureProfile = {
    kind: "numeric",
    count: sorted.length,
    nulls: values.length - sorted.length,
    ...blank,
    ...known,
    bins: new Array(known.edges.length + 1).fill(0),
  };
  const state = emptyFeature(profile);
  for (const value of sorted) addValue(state, profile, value);
  if (state.kind !== "numeric") throw new Error("Numbers have a numeric state.");
  return { ...profile, bins: [...state.bins], mean: state.mean, m2: state.m2, zeros: state.zeros };
}

function ofLevels(values: readonly Value[]): FeatureProfile {
  const counts = new Map<string, number>();
  const present = values.filter((value) => value !== null).map(String);
  for (const value of present) counts.set(value, (counts.get(value) ?? 0) + 1);
  const all = [...counts].sort((a, b) => b[1] - a[1]);
  return {
    kind: "categorical",
    count: present.length,
    nulls: values.length - present.length,
    levels: all.slice(0, 200),
    other: all.slice(200).reduce((sum, [, count]) => sum + count, 0),
    otherLevels: all.slice(200).map(([level]) => level),
    once: all.filter(([, count]) => count === 1).length,
  };
}
