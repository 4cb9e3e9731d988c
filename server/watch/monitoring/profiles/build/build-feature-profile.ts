import type { FeatureProfile } from "#server/watch/monitoring/state/contract.ts";
import { CategoricalProfiler } from "./categorical-profiler.ts";
import { NumericProfiler } from "./numeric-profiler.ts";

/** A value of a feature: a number or the name of a level; null where there is none. */
export type FeatureValue = number | string | null;

/**
 * Number of distinct values up to which the edges of a numeric profile are exact quantiles, unless `maxEntries` allows fewer per feature.
 */
const maxExact = 65_536;
/** Entries of all features together: each takes about 32 bytes, so this is 256 MiB. */
const maxEntries = 2 ** 23;

/** Gathers the profile of one feature, value by value. */
export interface FeatureProfiler {
  add(value: FeatureValue): void;
  /** Adds every `step`th number from `start` on; NaN is a missing value here. */
  addNumbers(values: Float64Array, start: number, step: number): void;
  profile(): FeatureProfile;
}

/**
 * Creates the profiler of one of `features` features of a table. Beyond 65,536 distinct numbers (fewer with more than 128 features), edges
 * lie at the next value of a grid with that many steps, which keeps the counts of the bins exact.
 * @throws TypeError for a text in a numeric feature.
 */
export function featureProfiler(kind: FeatureProfile["kind"], features = 1): FeatureProfiler {
  if (kind === "numeric") {
    const profiler = new NumericProfiler(capacityFor(features));
    return {
      add: (value) => {
        if (typeof value === "string") throw new TypeError("Text is not a number.");
        profiler.add(value);
      },
      addNumbers: (values, start, step) => profiler.addAll(values, start, step),
      profile: () => profiler.profile(),
    };
  }
  const profiler = new CategoricalProfiler();
  return {
    add: (value) => profiler.add(typeof value === "number" ? String(value) : value),
    addNumbers: (values, start, step) => {
      for (let at = start; at < values.length; at += step) {
        const value = values[at] as number;
        profiler.add(Number.isNaN(value) ? null : String(value));
      }
    },
    profile: () => profiler.profile(),
  };
}

/** Builds the profile of values that are already in memory. */
export function buildFeatureProfile(kind: FeatureProfile["kind"], values: Iterable<FeatureValue>): FeatureProfile {
  const profiler = featureProfiler(kind);
  for (const value of values) profiler.add(value);
  return profiler.profile();
}

function capacityFor(features: number): number {
  const share = 2 ** Math.floor(Math.log2(maxEntries / Math.max(1, features)));
  return Math.max(2048, Math.min(maxExact, share));
}
