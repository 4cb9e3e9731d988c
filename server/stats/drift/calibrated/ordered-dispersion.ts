import { weightedChiSquareTail } from "../../weighted-chi-square.ts";
import { total } from "./calibrated-test.ts";
import type { Dispersion } from "./dispersion.ts";
import { componentsOf, orderedParts } from "./ordered-test.ts";

/** Minimum number of windows, as for the dispersion of PSI. */
const minWindows = 10;

/**
 * Estimates how much the ordered statistic varies more between ordinary windows than between independent rows (docs/spec/drift.md section
 * 6.8): φ = max(1, median of Q / median of Q without dispersion), each window against all the others. It has a φ of its own, since
 * what repeats (hours, customers) mostly moves the location, which PSI spreads over nine degrees of freedom. The median ignores the few
 * windows that drifted.
 * @param windows counts by bin of each window in the order of the values, the same bins in each.
 * @returns undefined for fewer than 10 windows, or where they have fewer than two bins with rows.
 */
export function orderedDispersion(windows: readonly ArrayLike<number>[]): Dispersion | undefined {
  const used = windows.filter((window) => total(window) > 0);
  if (used.length < minWindows) return undefined;
  const bins = used[0]?.length ?? 0;
  const all = Array.from({ length: bins }, (_, bin) => used.reduce((sum, window) => sum + (window[bin] ?? 0), 0));
  const found = used.map((window) =>
    componentsOf(
      all.map((count, bin) => count - (window[bin] ?? 0)),
      window,
    ),
  );
  const components = Math.max(...found.map((scores) => scores.length));
  if (components === 0) return undefined;
  const parts = orderedParts(components);
  const values = found
    .map((scores) => scores.reduce((sum, z, at) => sum + z * z * (parts[at]?.weight ?? 0), 0))
    .sort((a, b) => a - b);
  const middle = ((values[(values.length - 1) >> 1] as number) + (values[values.length >> 1] as number)) / 2;
  return { phi: Math.max(1, middle / medianOf(components)), windows: used.length };
}

const medians = new Map<number, number>();

/** Computes the median of the statistic without dispersion. */
function medianOf(components: number): number {
  const known = medians.get(components);
  if (known !== undefined) return known;
  const parts = orderedParts(components);
  let [low, high] = [1e-6, 4];
  for (let round = 0; round < 60; round += 1) {
    const middle = (low + high) / 2;
    if (weightedChiSquareTail(middle, parts) > 0.5) low = middle;
    else high = middle;
  }
  medians.set(components, low);
  return low;
}
