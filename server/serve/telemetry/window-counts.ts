import { addTo, type Histogram } from "#server/stats/histogram.ts";
import { addCascade } from "../cascade/cascade-counts.ts";
import type { CascadeCounts } from "../cascade/contract.ts";
import type { Violation } from "../protection/violation.ts";
import type { CountKey } from "../windows/count-key.ts";
import { type CountLimits, countAtLimits, countTask, type LimitCounts } from "./limits.ts";

/** One completed request. */
export interface Observation {
  /** HTTP status of the response. */
  status: number;
  rows: number;
  latencyMs: number;
  queueMs: number;
  computeMs: number;
  /** Core-milliseconds that it took, or GPU-milliseconds, by its share of the batch; absent in journals of before. */
  deviceMs?: number | undefined;
  /** Violations of the input contract, by `violationKey`; each at most once per request. */
  violations?: readonly string[];
  /** Source of the prediction when it had no run of its own. */
  sharedBy?: "cache" | "coalesced" | undefined;
  /** Age of the features sent with the request, if the caller reports it and an SLO needs it. */
  featureAgeMs?: number | undefined;
  /** Limits at which SLOs need it to be counted. */
  limits?: CountLimits | undefined;
  /** Whether it is an asynchronous task, which no caller waits for: its times count nowhere. */
  isTask?: boolean | undefined;
  /** Counts of a cascade step. One without "answered" leaves the request to another step, and counts nowhere else. */
  cascade?: CascadeCounts | undefined;
}

/** Complete counts of one key in one window, from its start on: a row of serving_windows except for the gateway. */
export interface WindowCounts extends CountKey {
  /** Milliseconds since 1970. */
  windowStart: number;
  /** Name of the machine that counted; "" where an earlier release did. */
  machine: string;
  requests: number;
  rows: number;
  failures: Record<string, number>;
  latencySumMs: number;
  queueSumMs: number;
  computeSumMs: number;
  /** Core-milliseconds of its runs, or GPU-milliseconds on a GPU, each run once. Of steps that left the request to another one, too. */
  deviceSumMs: number;
  latencyBuckets: Histogram;
  /** Requests by `violationKey`. */
  violations: Record<string, number>;
  /** Requests served without the model, counted nowhere else. */
  cacheHits: number;
  coalesced: number;
  /** Requests that the prediction log has as part of its random sample. */
  sampled: number;
  cascade: CascadeCounts;
  /** Exact counts at the limits of SLOs, including requests served without the model. */
  indicators: LimitCounts;
}

/** Returns the key of a violation in the counters of a window. */
export function violationKey({ field, kind, outcome }: Pick<Violation, "field" | "kind" | "outcome">): string {
  return JSON.stringify([field, kind, outcome]);
}

export function emptyCounts(key: CountKey, windowStart: number, machine = ""): WindowCounts {
  const sums = { latencySumMs: 0, queueSumMs: 0, computeSumMs: 0, deviceSumMs: 0 };
  return {
    ...key,
    windowStart,
    machine,
    requests: 0,
    rows: 0,
    failures: {},
    ...sums,
    latencyBuckets: {},
    violations: {},
    cacheHits: 0,
    coalesced: 0,
    sampled: 0,
    cascade: {},
    indicators: {},
  };
}

/**
 * Counts one request. Times are counted for requests that the model served (200) and that timed out (504): fast rejections would make
 * a slow service look fast. Tasks wait behind all requests and would make it look slow.
 */
export function count(counts: WindowCounts, observation: Observation): void {
  const { status, rows, latencyMs, queueMs, computeMs, cascade } = observation;
  counts.deviceSumMs += observation.deviceMs ?? 0;
  if (cascade) addCascade(counts.cascade, cascade);
  if (cascade && !cascade.answered) return;
  for (const key of observation.violations ?? []) counts.violations[key] = (counts.violations[key] ?? 0) + 1;
  if (observation.limits) countAtLimits(counts.indicators, observation.limits, observation);
  if (observation.isTask) countTask(counts.indicators, status, observation.sharedBy);
  if (observation.sharedBy === "cache") counts.cacheHits += 1;
  if (observation.sharedBy === "coalesced") counts.coalesced += 1;
  if (observation.sharedBy) return;
  counts.requests += 1;
  if (status !== 200) counts.failures[status] = (counts.failures[status] ?? 0) + 1;
  else counts.rows += rows;
  if ((status !== 200 && status !== 504) || observation.isTask) return;
  addTo(counts.latencyBuckets, latencyMs);
  counts.latencySumMs += latencyMs;
  counts.queueSumMs += queueMs;
  counts.computeSumMs += computeMs;
}
