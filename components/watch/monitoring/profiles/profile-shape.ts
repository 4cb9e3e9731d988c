import type { NumericProfile } from "#server/watch/monitoring/state/contract.ts";

/**
 * Counts of a numeric profile in bins of equal width from the least to the greatest value, as a small picture shows them. The profile's own bins hold
 * equal counts; what is in one is spread evenly over its width.
 */
export function equalWidthCounts({ edges, bins, min, max, values }: NumericProfile, count = 24): number[] {
  const counts = new Array<number>(count).fill(0);
  const width = (max - min) / count;
  const add = (place: number, rows: number) => {
    const at = Math.min(count - 1, Math.max(0, place));
    counts[at] = (counts[at] as number) + rows;
  };
  if (!(width > 0)) return bins.some((rows) => rows > 0) ? [bins.reduce((sum, rows) => sum + rows, 0)] : [];
  const placeOf = (value: number) => Math.floor((value - min) / width);
  if (values) {
    for (const [value, rows] of values) add(placeOf(value), rows);
    return counts;
  }
  for (const [bin, rows] of bins.entries()) {
    if (rows === 0) continue;
    const from = Math.max(min, edges[bin - 1] ?? min);
    const to = Math.min(max, edges[bin] ?? max);
    if (!(to > from)) {
      add(placeOf(from), rows);
      continue;
    }
    const last = Math.min(count - 1, placeOf(to));
    for (let place = Math.max(0, placeOf(from)); place <= last; place += 1) {
      const overlap = Math.min(to, min + (place + 1) * width) - Math.max(from, min + place * width);
      if (overlap > 0) add(place, (rows * overlap) / (to - from));
    }
  }
  return counts;
}
