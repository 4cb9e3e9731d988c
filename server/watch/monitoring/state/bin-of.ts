/**
 * Returns the index of a value's bin in a profile: the number of strictly smaller edges, so that bin i is (edge i − 1, edge i]
 * (docs/spec/drift.md section 5.1).
 * @param edges ascending. @param value finite
 */
export function binOf(edges: ArrayLike<number>, value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
