import { type Histogram, lowerEndOf } from "#server/stats/histogram.ts";

/** Number of 2% buckets per band: a doubling has about five bands, as many as the eye can distinguish. */
const bucketsOfBand = 7;
const maxBands = 48;

/** Consecutive bands over all latencies that any of the histograms holds, in milliseconds. */
export interface Bands {
  first: number;
  count: number;
  /** Buckets that one band holds. */
  width: number;
}

/** Bands that hold every value of the histograms; wider ones where they would be more than fit on a screen. */
export function bandsOf(histograms: readonly Histogram[]): Bands {
  const buckets = histograms.flatMap((histogram) => Object.keys(histogram).map(Number));
  if (buckets.length === 0) return { first: 0, count: 0, width: bucketsOfBand };
  const [low, high] = buckets.reduce(
    ([lowest, highest], bucket) => [Math.min(lowest, bucket), Math.max(highest, bucket)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const width = Math.max(bucketsOfBand, Math.ceil((high - low + 1) / maxBands));
  const first = Math.floor(low / width) * width;
  return { first, count: Math.floor((high - first) / width) + 1, width };
}

/** Counts of a histogram by band. */
export function countByBand(histogram: Histogram, { first, count, width }: Bands): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const [bucket, number] of Object.entries(histogram)) {
    const band = Math.floor((Number(bucket) - first) / width);
    counts[band] = (counts[band] ?? 0) + number;
  }
  return counts;
}

/** Returns the limits of a band, in milliseconds. */
export function endsOf({ first, width }: Bands, band: number): { fromMs: number; toMs: number } {
  const start = first + band * width;
  return { fromMs: lowerEndOf(start), toMs: lowerEndOf(start + width) };
}
