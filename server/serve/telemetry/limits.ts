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
  /** Asynchronous tasks among the requests, by status, and those that the model did not run for: no caller waits for them. */
  tasks?: Record<string, number>;
}

/** Counts a task among the requests of a window. @param sharedBy source of its prediction without a run */
export function countTask(counts: LimitCounts, status: number, sharedBy: string | undefined): void {
  counts.tasks ??= {};
  const name = sharedBy === undefined ? String(status) : "shared";
  counts.tasks[name] = (counts.tasks[name] ?? 0) + 1;
}

/** Journals keep microseconds: what is rounded to the limit there is within it here too. */
const roundedMs = 0.0005;

interface Answered {
  status: number;
  latencyMs: number;
  /** Undefined where the caller did not say. */
  featureAgeMs?: number | undefined;
  isTask?: boolean | undefined;
}

/**
 * Counts one request at each limit: latencies of requests that were served or timed out, which is never within; ages of those that
 * were served and reported an age. A task waits behind all requests, so its latency says nothing about them.
 */
export function countAtLimits(counts: LimitCounts, limits: CountLimits, answered: Answered): void {
  const { status, latencyMs, featureAgeMs } = answered;
  if (status !== 200 && status !== 504) return;
  for (const limit of answered.isTask ? [] : limits.latencyMs) {
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
