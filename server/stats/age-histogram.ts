/**
 * Histogram of ages, in milliseconds, whose buckets grow by a factor of 2^(1/4), 19%: bucket b holds ages from 2^(b/4) on and below
 * 2^((b+1)/4), bucket 0 also what is shorter than a millisecond. From a millisecond to ten years it has 154 buckets, and histograms of
 * different processes and times add up exactly.
 */
export type AgeHistogram = Record<string, number>;

const perOctave = 4;

/** Returns the bucket of an age in milliseconds. NaN and negative ages fall into bucket 0. */
export function ageBucketOf(ageMs: number): number {
  return ageMs > 1 ? Math.floor(perOctave * Math.log2(ageMs)) : 0;
}

/** Adds the counts of another histogram to one, in place. */
export function addAges(sum: AgeHistogram, other: AgeHistogram): void {
  for (const [bucket, count] of Object.entries(other)) sum[bucket] = (sum[bucket] ?? 0) + count;
}

/** Returns the number of ages. */
export function countAges(ages: AgeHistogram): number {
  return Object.values(ages).reduce((sum, count) => sum + count, 0);
}

/**
 * Estimates how many ages are at most `limitMs`: whole buckets below it, and of the bucket that contains it the share below it, as if ages
 * in a bucket were spread evenly over the logarithm.
 */
export function countWithin(ages: AgeHistogram, limitMs: number): number {
  const position = limitMs > 1 ? perOctave * Math.log2(limitMs) : 0;
  const at = Math.floor(position);
  let within = 0;
  for (const [bucket, count] of Object.entries(ages)) {
    if (Number(bucket) < at) within += count;
    else if (Number(bucket) === at) within += count * (position - at);
  }
  return within;
}

/**
 * Estimates quantiles, in milliseconds: the age that a share (from 0 to 1) does not exceed, interpolated over the logarithm within its bucket,
 * so at most 19% from the exact value.
 * @returns null for each if there are no ages
 */
export function ageQuantiles(ages: AgeHistogram, shares: readonly number[]): (number | null)[] {
  const buckets = Object.entries(ages)
    .map(([bucket, count]): [number, number] => [Number(bucket), count])
    .filter(([, count]) => count > 0)
    .sort(([one], [other]) => one - other);
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  return shares.map((share) => {
    let below = 0;
    for (const [bucket, count] of buckets) {
      if (below + count >= share * total) return 2 ** ((bucket + (share * total - below) / count) / perOctave);
      below += count;
    }
    return null;
  });
}
