import { bucketOf, countOf, type Histogram, quantiles } from "../histogram.ts";

/**
 * Computes the limit of "too slow" without an objective: a quantile of the baseline's latencies before the rollout, in the unit of the
 * histogram. Undefined when nothing was measured.
 */
export function slowLimit(before: Histogram, share = 0.95): number | undefined {
  return quantiles(before, [share])[0];
}

/** Counts units, and those slower than the limit, exact except for values within 2% of it: events of the abort gate. */
export function slowerThan(latencies: Histogram, limit: number): { units: number; events: number } {
  const last = bucketOf(limit);
  const events = Object.entries(latencies).reduce((sum, [at, count]) => (Number(at) > last ? sum + count : sum), 0);
  return { units: countOf(latencies), events };
}

/** Constants of the band by its level (confseq, for the factor 0.85). */
export const bandConstants: readonly { alpha: number; constant: number }[] = [
  { alpha: 0.1, constant: 7.62297 },
  { alpha: 0.05, constant: 8.12272 },
  { alpha: 0.025, constant: 8.62265 },
  { alpha: 0.02, constant: 8.7836 },
  { alpha: 0.01, constant: 9.28354 },
  { alpha: 0.005, constant: 9.78337 },
  { alpha: 0.0025, constant: 10.28299 },
  { alpha: 0.001, constant: 10.94307 },
];

/**
 * Computes the radius within which an empirical distribution of `count` independent values stays around the true one, at all values
 * and all counts from `from` on simultaneously, with a probability of 1 − α (a band of the Dvoretzky-Kiefer-Wolfowitz type: Howard &
 * Ramdas, "Sequential estimation of quantiles", Bernoulli 28, 2022). ∞ below `from`.
 * @param alpha one of the table's; any other is rounded down to the next one.
 */
export function bandRadius(count: number, alpha: number, from: number): number {
  const { constant } = bandConstants.find((row) => row.alpha <= alpha + 1e-12) ?? {
    constant: Number.POSITIVE_INFINITY,
  };
  if (count < from) return Number.POSITIVE_INFINITY;
  return 0.85 * Math.sqrt((Math.log(1 + Math.log(count / from)) + constant) / count);
}

export interface ShapeTest {
  /** Maximum by which the canary's share of fast responses falls behind the baseline's, at any latency. */
  gap: number;
  /** The latency where that is; undefined when nothing is behind. */
  at: number | undefined;
  /** A gap above this shows that the canary is slower somewhere. */
  allowed: number;
}

/** Minimum values per arm for comparing distributions; fixed in advance. */
const fewest = 30;

/**
 * Finds where the canary's latencies are slower, if anywhere: the one-sided two-sample band test of Lindon, Sanden and Shirikian (KDD
 * 2022). Use it to show the position; to decide, count slow requests with `slowerThan`, which needs a quarter of the requests.
 */
export function shapeTest(baseline: Histogram, canary: Histogram, alpha: number): ShapeTest {
  const [before, after] = [countOf(baseline), countOf(canary)];
  const buckets = [...new Set([...Object.keys(baseline), ...Object.keys(canary)].map(Number))].sort((a, b) => a - b);
  const allowed = bandRadius(before, alpha / 2, fewest) + bandRadius(after, alpha / 2, fewest);
  const worst: ShapeTest = { gap: 0, at: undefined, allowed };
  let [quickBaseline, quickCanary] = [0, 0];
  for (const bucket of buckets) {
    quickBaseline += (baseline[bucket] ?? 0) / before;
    quickCanary += (canary[bucket] ?? 0) / after;
    if (quickBaseline - quickCanary > worst.gap)
      Object.assign(worst, { gap: quickBaseline - quickCanary, at: upperEnd(bucket) });
  }
  return worst;
}

/** Returns the largest value of a bucket. */
function upperEnd(bucket: number): number {
  return quantiles({ [bucket]: 1 }, [1])[0] as number;
}
