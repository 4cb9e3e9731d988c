/** Buckets are about 5% wide, so that minutes and months fit into a few hundred. */
const perFold = 20;

/** Returns the bucket of a time from prediction to label, in milliseconds; negative times, from clocks that differ, count as zero. */
export function lagBucket(lagMs: number): number {
  return Math.floor(Math.log1p(Math.max(0, lagMs) / 1000) * perFold);
}

/** Returns the end of a bucket in milliseconds, the maximum age in it. */
export function lagOfBucket(bucket: number): number {
  return Math.ceil(Math.expm1((bucket + 1) / perFold) * 1000);
}
