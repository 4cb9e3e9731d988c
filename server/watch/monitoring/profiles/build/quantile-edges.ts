import { profileBins } from "#server/watch/monitoring/state/contract.ts";
import type { CountedValues } from "./value-counter.ts";

/**
 * Returns the interior edges of a profile's bins: quantiles i/512 with linear interpolation, as NumPy's default, duplicates removed
 * (docs/spec/drift.md section 5.1). Where values were merged, the edge is the end of the entry that contains the quantile, so that the
 * counts of the bins stay exact.
 */
export function quantileEdges({ values, counts, isExact }: CountedValues, total: number): number[] {
  const edges: number[] = [];
  let entry = 0;
  let upTo = counts[0] ?? 0;
  for (let edge = 1; edge < profileBins; edge += 1) {
    const index = ((total - 1) * edge) / profileBins;
    const below = Math.floor(index);
    while (upTo <= below && entry < values.length - 1) {
      entry += 1;
      upTo += counts[entry] as number;
    }
    const value = values[entry] as number;
    const next = upTo > below + 1 ? value : (values[entry + 1] ?? value);
    const quantile = isExact ? value + (index - below) * (next - value) : value;
    if (edges.length === 0 || quantile > (edges.at(-1) as number)) edges.push(quantile);
  }
  return edges;
}

/** Counts values by bin: bin i holds values above edge i − 1 and at most edge i; there is one bin more than edges. */
export function countBins({ values, counts }: CountedValues, edges: readonly number[]): number[] {
  const bins = new Array<number>(edges.length + 1).fill(0);
  let bin = 0;
  for (const [entry, value] of values.entries()) {
    while (bin < edges.length && value > (edges[bin] as number)) bin += 1;
    bins[bin] = (bins[bin] as number) + (counts[entry] as number);
  }
  return bins;
}
