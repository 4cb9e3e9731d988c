import { addNonFinite } from "./add-value.ts";
import type { NumericProfile, NumericState } from "./contract.ts";
import type { EdgeGrid } from "./edge-grid.ts";
import { mergedMoments } from "./merged-moments.ts";
import { readAhead, readShortsAhead } from "./read-ahead.ts";

/** Positions of a feature's values: every `step`th from `first` on, `count` of them. */
interface Column {
  first: number;
  step: number;
  count: number;
}

/**
 * Counts many numbers that are not missing, as addNumber does one after the other, in one loop over plain numbers. Moments are
 * summed from the first number on, which loses no digits since it is one of them, and merged by Chan's formula.
 * @param grid of the profile's edges
 */
export function addNumbers(
  state: NumericState,
  { min, max }: Pick<NumericProfile, "min" | "max">,
  grid: EdgeGrid,
  values: Float64Array,
  { first, step, count }: Column,
): void {
  const { bins } = state;
  const { edges, starts, first: least, scale, last } = grid;
  // Tried with 4, 16, 32 and 64 times: 65 rows of a thousand features take 13.8, 1.7, 1.6 and 1.9 ms when nothing is in the cache.
  if (32 * count > edges.length) {
    readShortsAhead(starts);
    readAhead(edges);
    readAhead(bins);
  }
  const end = first + count * step;
  let at = first;
  while (at < end && !Number.isFinite(values[at] as number)) at += step;
  const origin = at < end ? (values[at] as number) : 0;
  // One by one: taken out of an array they would not stay in the processor's registers.
  let finite = 0;
  let sum = 0;
  let squares = 0;
  let zeros = 0;
  let below = 0;
  let above = 0;
  let lowest = state.min;
  let highest = state.max;
  for (at = first; at < end; at += step) {
    const value = values[at] as number;
    if (!(value - value === 0)) {
      addNonFinite(state, value);
      continue;
    }
    const cell = (value - least) * scale;
    let bin = starts[cell > 0 ? (cell < last ? cell | 0 : last) : 0] as number;
    // Added, not branched on: the processor would guess it wrong every other time.
    bin += Number((edges[bin] as number) < value) | 0;
    // Some cells hold more edges.
    if ((edges[bin] as number) < value) {
      bin += 1;
      if ((edges[bin] as number) < value) bin = grid.binOf(value);
    }
    bins[bin] = (bins[bin] as number) + 1;
    const distance = value - origin;
    finite += 1;
    sum += distance;
    squares += distance * distance;
    if (value === 0) zeros += 1;
    if (value < min) below += 1;
    else if (value > max) above += 1;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  if (finite === 0) return;
  state.zeros += zeros;
  state.below += below;
  state.above += above;
  state.min = lowest;
  state.max = highest;
  const moments = {
    count: finite,
    mean: origin + sum / finite,
    m2: squares < Infinity ? Math.max(0, squares - (sum * sum) / finite) : Infinity,
  };
  const merged = mergedMoments(state, moments);
  state.count = merged.count;
  state.mean = merged.mean;
  state.m2 = merged.m2;
}
