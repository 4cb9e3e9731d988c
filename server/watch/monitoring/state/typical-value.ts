import type { FeatureProfile } from "./contract.ts";

/**
 * Returns a value that stands for a feature: the median of a numeric profile, the most frequent level of a categorical one. The median of
 * a profile with more than 20 distinct values is interpolated in its bin. Undefined without values.
 */
export function typicalValue(profile: FeatureProfile): number | string | undefined {
  if (profile.kind === "categorical") return profile.levels[0]?.[0];
  const { count, values, bins, edges, min, max } = profile;
  if (count === 0) return undefined;
  const half = count / 2;
  if (values) return valueAt(values, half);
  let below = 0;
  for (const [index, inBin] of bins.entries()) {
    if (inBin > 0 && below + inBin >= half) {
      const [from, to] = [Math.max(min, edges[index - 1] ?? min), Math.min(max, edges[index] ?? max)];
      return from + (to - from) * ((half - below) / inBin);
    }
    below += inBin;
  }
  return max;
}

/** Returns the lower median of values with their counts, in any order. */
function valueAt(values: readonly (readonly [number, number])[], half: number): number | undefined {
  let below = 0;
  for (const [value, count] of values.toSorted(([a], [b]) => a - b)) {
    below += count;
    if (below >= half) return value;
  }
  return undefined;
}
