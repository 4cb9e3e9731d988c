/**
 * Computes interior edges of bins at the quantiles i / count of sorted values, interpolated, duplicates removed (docs/spec/drift.md
 * section 5.1; numpy's default quantile). Bin i contains values above edge i − 1 and at most edge i.
 */
export function quantileEdges(sorted: ArrayLike<number>, count: number): number[] {
  const edges: number[] = [];
  for (let index = 1; index < count; index += 1) {
    const position = ((sorted.length - 1) * index) / count;
    const floor = Math.floor(position);
    const low = sorted[floor] as number;
    const high = (sorted[floor + 1] ?? low) as number;
    const edge = low + (position - floor) * (high - low);
    if (edges.length === 0 || edge > (edges.at(-1) as number)) edges.push(edge);
  }
  return edges;
}

/** Returns the number of edges strictly below a value: the index of its bin. */
function binOf(value: number, edges: ArrayLike<number>): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Counts values by bin. */
export function tally(values: ArrayLike<number>, edges: ArrayLike<number>): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (let row = 0; row < values.length; row += 1) {
    const bin = binOf(values[row] as number, edges);
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}
