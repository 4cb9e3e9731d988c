import type { CategoricalProfile, CategoricalState, NumericProfile, NumericState } from "../../state/contract.ts";
import type { DriftBin } from "./contract.ts";

/** Maximum number of bars that are distinguishable side by side. */
const maxBars = 14;
const maxLevels = 12;

/**
 * Builds bars of a numeric feature: with round bounds over the middle 98% of the reference, or, if values are very uneven, with bounds
 * at its quantiles. The first and the last bar are open. Within a stored bin, values are assumed to be uniform.
 */
export function numberBars(profile: NumericProfile, state: NumericState): DriftBin[] {
  const bounds = boundsOf(profile);
  const range = { min: Math.min(profile.min, state.min), max: Math.max(profile.max, state.max) };
  const reference = sharesBelow(profile.edges, profile.bins, profile, bounds);
  const current = sharesBelow(profile.edges, state.bins, range, bounds);
  return Array.from({ length: bounds.length + 1 }, (_, index) => {
    const [from, to] = [bounds[index - 1] ?? null, bounds[index] ?? null];
    const between = (below: readonly number[]) => (below[index] ?? 1) - (index === 0 ? 0 : (below[index - 1] ?? 0));
    return { label: barLabel(from, to), from, to, reference: between(reference), current: between(current) };
  });
}

/** Returns the value below which a share of the rows lies, by the bins; null without rows. */
export function quantileOfBins(
  edges: readonly number[],
  bins: ArrayLike<number>,
  range: { min: number; max: number },
  share: number,
): number | null {
  const rows = Array.from(bins).reduce((sum, count) => sum + count, 0);
  if (rows === 0) return null;
  let before = 0;
  for (let bin = 0; bin < bins.length; bin += 1) {
    const count = bins[bin] ?? 0;
    if (count > 0 && before + count >= share * rows) {
      const [from, to] = [
        Math.max(edges[bin - 1] ?? range.min, range.min),
        Math.min(edges[bin] ?? range.max, range.max),
      ];
      return from + ((share * rows - before) / count) * (to - from);
    }
    before += count;
  }
  return range.max;
}

/** Builds bars of levels, the most frequent of both sides first; then all others, and unseen levels. */
export function levelBars(profile: CategoricalProfile, state: CategoricalState): DriftBin[] {
  const [n, m] = [Math.max(1, profile.count), Math.max(1, state.count)];
  const all = profile.levels.map(([level, count], index) => {
    return { label: level, reference: count / n, current: (state.levels[index] ?? 0) / m };
  });
  const shown = new Set(all.toSorted((a, b) => b.reference + b.current - a.reference - a.current).slice(0, maxLevels));
  const rest = all.filter((bar) => !shown.has(bar));
  const other = {
    label: "all others",
    reference: profile.other / n + rest.reduce((sum, bar) => sum + bar.reference, 0),
    current: (state.levels[profile.levels.length] ?? 0) / m + rest.reduce((sum, bar) => sum + bar.current, 0),
  };
  const unseen = { label: "not in the reference", reference: 0, current: state.unseen / m };
  const more = [other, unseen].filter(({ reference, current }) => reference + current > 0);
  return [...shown, ...more].map((bar) => ({ ...bar, from: null, to: null }));
}

function boundsOf(profile: NumericProfile): number[] {
  const at = (share: number) => quantileOfBins(profile.edges, profile.bins, profile, share) ?? 0;
  const [low, middle, high] = [at(0.01), at(0.5), at(0.99)];
  if (profile.edges.length <= maxBars) return [...profile.edges];
  const isUneven = Math.max(high - middle, middle - low) > 3 * Math.min(high - middle, middle - low);
  if (isUneven || !(high > low)) {
    const quantiles = Array.from({ length: maxBars - 1 }, (_, index) =>
      Number(at((index + 1) / maxBars).toPrecision(2)),
    );
    return [...new Set(quantiles)].sort((a, b) => a - b);
  }
  const step = niceStep((high - low) / (maxBars - 2));
  const first = Math.ceil(low / step);
  const count = Math.max(1, Math.min(maxBars - 1, Math.floor(high / step) - first + 1));
  return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Computes the shares of rows at or below each bound. */
function sharesBelow(
  edges: readonly number[],
  bins: ArrayLike<number>,
  { min, max }: { min: number; max: number },
  bounds: readonly number[],
): number[] {
  const rows = Math.max(
    1,
    Array.from(bins).reduce((sum, count) => sum + count, 0),
  );
  return bounds.map((bound) => {
    let below = 0;
    for (let bin = 0; bin < bins.length; bin += 1) {
      const [from, to] = [Math.min(min, edges[bin] ?? max), edges[bin] ?? Math.max(max, edges[bin - 1] ?? max)];
      const start = bin === 0 ? from : (edges[bin - 1] ?? from);
      const count = bins[bin] ?? 0;
      if (to <= bound) below += count;
      else if (start < bound) below += count * ((bound - start) / (to - start));
      else break;
    }
    return below / rows;
  });
}

/** Returns 1, 2 or 5 times a power of ten. */
function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const nice = [1, 2, 5, 10].find((each) => each * power >= step) ?? 10;
  return nice * power;
}

function barLabel(from: number | null, to: number | null): string {
  const text = (value: number) => String(Number(value.toPrecision(4)));
  if (from === null) return to === null ? "all values" : `up to ${text(to)}`;
  return to === null ? `above ${text(from)}` : `${text(from)} to ${text(to)}`;
}
