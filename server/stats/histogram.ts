/**
 * Exponential histogram with a fixed relative error: any quantile is within 1% of a value that was added, whatever
 * the distribution, and histograms of different processes and times add up exactly.
 * Masson, Rim, Lee: DDSketch, VLDB 2019 (https://doi.org/10.14778/3352063.3352135), without collapsing.
 */

/** Count per bucket. Bucket i holds values above growth^(i-1) and up to growth^i. */
export type Histogram = Record<string, number>;

export const relativeError = 0.01;
const growth = (1 + relativeError) / (1 - relativeError);
const logGrowth = Math.log(growth);
/** Values outside are counted at the border: a microsecond and eleven days, when values are milliseconds. */
const smallest = 1e-3;
const largest = 1e9;

/** Returns the number of the bucket that contains a value. Zero and negative values fall into the lowest. */
export function bucketOf(value: number): number {
  return Math.ceil(Math.log(Math.min(largest, Math.max(smallest, value))) / logGrowth - 1e-9);
}

/** Adds one value. NaN is not a value and is left out. */
export function addTo(histogram: Histogram, value: number): void {
  if (Number.isNaN(value)) return;
  const bucket = bucketOf(value);
  histogram[bucket] = (histogram[bucket] ?? 0) + 1;
}

/** Merges two histograms. */
export function merge(a: Histogram, b: Histogram): Histogram {
  const sum = { ...a };
  for (const [bucket, count] of Object.entries(b)) sum[bucket] = (sum[bucket] ?? 0) + count;
  return sum;
}

/** Returns the number of values in the histogram. */
export function countOf(histogram: Histogram): number {
  return Object.values(histogram).reduce((sum, count) => sum + count, 0);
}

/**
 * Computes the quantiles `shares` (each from 0 to 1): the smallest value that at least that share does not exceed, within 1%.
 * @returns undefined for each when nothing was added.
 */
export function quantiles(histogram: Histogram, shares: readonly number[]): (number | undefined)[] {
  const buckets = sorted(histogram);
  const total = countOf(histogram);
  return shares.map((share) => {
    const rank = Math.max(1, Math.ceil(share * total - 1e-9));
    let seen = 0;
    for (const [bucket, count] of buckets) {
      seen += count;
      if (seen >= rank) return middleOf(bucket);
    }
    return undefined;
  });
}

/** Returns the exclusive lower bound of a bucket: the largest value of the previous bucket. */
export function lowerEndOf(bucket: number): number {
  return growth ** (bucket - 1);
}

/** Returns the value that is within 1% of both ends of a bucket. */
function middleOf(bucket: number): number {
  return (2 * growth ** bucket) / (growth + 1);
}

function sorted(histogram: Histogram): [number, number][] {
  return Object.entries(histogram)
    .map(([bucket, count]): [number, number] => [Number(bucket), count])
    .sort(([a], [b]) => a - b);
}
