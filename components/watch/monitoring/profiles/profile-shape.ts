import type { NumericProfile } from "#server/watch/monitoring/state/contract.ts";

/**
 * Returns the counts of a numeric profile in bins of equal width from minimum to maximum, for a small histogram. The profile's own bins
 * have equal counts; the count of each is spread evenly over its width.
 */
export function equalWidthCounts({ edges, bins, min, max, values }: NumericProfile, count = 24): number[] {
  const counts = new Array<number>(count).fill(0);
  const width = (max - min) / count;
  const add = (index: number, rows: number) => {
    const at = Math.min(count - 1, Math.max(0, index));
    counts[at] = (counts[at] as number) + rows;
  };
  if (!(width > 0)) return bins.some((rows) => rows > 0) ? [bins.reduce((sum, rows) => sum + rows, 0)] : [];
  const indexOf = (value: number) => Math.floor((value - min) / width);
  if (values) {
    for (const [value, rows] of values) add(indexOf(value), rows);
    return counts;
  }
  for (const [bin, rows] of bins.entries()) {
    if (rows === 0) continue;
    const from = Math.max(min, edges[bin - 1] ?? min);
    const to = Math.min(max, edges[bin] ?? max);
    if (!(to > from)) {
      add(indexOf(from), rows);
      continue;
    }
    const last = Math.min(count - 1, indexOf(to));
    for (let index = Math.max(0, indexOf(from)); index <= last; index += 1) {
      const overlap = Math.min(to, min + (index + 1) * width) - Math.max(from, min + index * width);
      if (overlap > 0) add(index, (rows * overlap) / (to - from));
    }
  }
  return counts;
}
