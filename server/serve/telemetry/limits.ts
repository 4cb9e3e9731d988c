/** Limits that SLOs of an endpoint ask gateways to count at, exactly. */
export interface CountLimits {
  /** Latency limits in milliseconds. */
  latencyMs: number[];
  /** Milliseconds that the features of a request may be old. */
  featureAgeMs: number[];
}

/** Counts by limit: requests within it, and all. Both start when the limit becomes known, so a window may have counted only a part. */
export interface LimitCounts {
  latency?: Record<string, [within: number, seen: number]>;
  age?: Record<string, [within: number, seen: number]>;
}

/** Journals keep microseconds: what is rounded to the limit there is within it here too. */
const roundedMs = 0.0005;

interface Answered {
  status: number;
  latencyMs: number;
  /** Undefined where the caller did not say. */
  featureAgeMs?: number | undefined;
}

/**
 * Counts one request at each limit: latencies of requests that were served or timed out, which is never within; ages of those that
 * were served and reported an age.
 */
export function countAtLimits(counts: LimitCounts, limits: CountLimits, answered: Answered): void {
  const { status, latencyMs, featureAgeMs } = answered;
  if (status !== 200 && status !== 504) return;
  for (const limit of limits.latencyMs) {
    counts.latency ??= {};
    counts.latency[limit] ??= [0, 0];
    const count = counts.latency[limit];
    count[1] += 1;
    if (latencyMs < limit + roundedMs && status === 200) count[0] += 1;
  }
  if (featureAgeMs === undefined || status !== 200) return;
  for (const limit of limits.featureAgeMs) {
    counts.age ??= {};
    counts.age[limit] ??= [0, 0];
    const count = counts.age[limit];
    count[1] += 1;
    if (featureAgeMs <= limit) count[0] += 1;
  }
}
