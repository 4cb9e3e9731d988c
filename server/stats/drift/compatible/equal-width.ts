import { type CompatibleColumn, distinctOf, type NumericColumn, type Table, tableOf } from "./column.ts";

/** Counts of both sides by the same bins, with the edges of numeric ones. */
export interface Binned extends Table {
  edges?: Float64Array;
}

/** Numeric columns with more different reference values than this are cut into bins of equal width (docs/spec/drift.md section 3.2). */
const maxLevels = 20;

/** Bins as Evidently cuts them for PSI, KL and Jensen–Shannon: Sturges' on the pooled range, or one for each value. */
export function evidentlyBins(reference: CompatibleColumn, current: CompatibleColumn): Binned {
  if (
    reference.type === "categorical" ||
    current.type === "categorical" ||
    distinctOf(reference, maxLevels) <= maxLevels
  )
    return tableOf(reference, current);
  const edges = sturgesEdges(pooledRange(reference, current), reference.sorted.length + current.sorted.length, {
    isInteger: reference.isInteger && current.isInteger,
  });
  return { edges, reference: histogram(reference.sorted, edges), current: histogram(current.sorted, edges) };
}

export interface Range {
  min: number;
  max: number;
}

/** Returns the smallest and largest value of both sides. */
export function pooledRange({ sorted: a }: NumericColumn, { sorted: b }: NumericColumn): Range {
  return {
    min: Math.min(a[0] as number, b[0] as number),
    max: Math.max(a.at(-1) as number, b.at(-1) as number),
  };
}

/** Computes the edges of numpy's histogram_bin_edges(bins="sturges"): width = range / (log2 N + 1), at least 1 for integers (numpy 2). */
export function sturgesEdges({ min, max }: Range, count: number, { isInteger = false } = {}): Float64Array {
  const width = (max - min) / (Math.log2(count) + 1);
  return widthEdges({ min, max }, isInteger ? Math.max(width, 1) : width);
}

/** Edges of Doane's rule, which widens Sturges' by the skew of the sample; one bin where it has none (up to two values), like numpy's. */
export function doaneEdges(
  sorted: Float64Array,
  { mean, deviation }: { mean: number; deviation: number },
): Float64Array {
  const n = sorted.length;
  const range = { min: sorted[0] as number, max: sorted[n - 1] as number };
  if (n <= 2 || !(deviation > 0)) return widthEdges(range, 0);
  const spread = Math.sqrt((6 * (n - 2)) / ((n + 1) * (n + 3)));
  let skew = 0;
  for (const value of sorted) skew += ((value - mean) / deviation) ** 3;
  const width = (range.max - range.min) / (1 + Math.log2(n) + Math.log2(1 + Math.abs(skew / n) / spread));
  return widthEdges(range, width);
}

/** Computes edges of as many equal bins as the width requires, like numpy's linspace; one bin for a width of 0 or none. */
function widthEdges({ min, max }: Range, width: number): Float64Array {
  if (max === min) return Float64Array.of(min - 0.5, max + 0.5);
  const bins = width > 0 && width < Number.POSITIVE_INFINITY ? Math.ceil((max - min) / width) : 1;
  const step = (max - min) / bins;
  const edges = Float64Array.from({ length: bins + 1 }, (_, edge) => min + edge * step);
  edges[bins] = max;
  return edges;
}

/** Counts by bins [e(i), e(i + 1)), the last one closed; values outside count nowhere. One walk over sorted values. */
export function histogram(sorted: Float64Array, edges: Float64Array): number[] {
  const bins = edges.length - 1;
  const counts = new Array<number>(bins).fill(0);
  let row = lowerBound(sorted, edges[0] as number, 0);
  for (let bin = 0; bin < bins; bin += 1) {
    const edge = edges[bin + 1] as number;
    const end = bin === bins - 1 ? upperBound(sorted, edge, row) : lowerBound(sorted, edge, row);
    counts[bin] = end - row;
    row = end;
  }
  return counts;
}

/** Returns the first index from `from` on whose value is not below `limit`. */
function lowerBound(sorted: ArrayLike<number>, limit: number, from = 0): number {
  let [low, high] = [from, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the first index from `from` on whose value is above `limit`. */
export function upperBound(sorted: ArrayLike<number>, limit: number, from = 0): number {
  let [low, high] = [from, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
