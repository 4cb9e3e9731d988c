/** Returns the median time of a computation in milliseconds, after one that warms up. */
export function medianTime(runs: number, compute: () => unknown): number {
  compute();
  const times = Array.from({ length: runs }, () => {
    const startedAt = performance.now();
    compute();
    return performance.now() - startedAt;
  });
  return times.toSorted((a, b) => a - b)[Math.floor(runs / 2)] as number;
}
