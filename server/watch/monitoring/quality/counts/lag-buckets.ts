/** Buckets are about 5% wide, so that minutes and months fit into a few hundred. */
const perFold = 20;

/** Bucket of a time from answer to label, in milliseconds; negative times, of clocks that differ, count as none. */
export function lagBucket(lagMs: number): number {
  return Math.floor(Math.log1p(Math.max(0, lagMs) / 1000) * perFold);
}

/** The end of a bucket in milliseconds: nothing in it is older. */
export function lagOfBucket(bucket: number): number {
  return Math.ceil(Math.expm1((bucket + 1) / perFold) * 1000);
}
