import type { Routed } from "./count-rows.ts";

/** A request that chance assigned, from its start to the ages at which it counts. */
export interface CountedRequest extends Routed {
  arm: "stable" | "canary";
  /** Hash of its unit's key; empty when each request is a unit. */
  unit: string;
  client: string;
  /** On the clock of performance.now(). */
  startedAt: number;
  /** End time; undefined while it is in flight. */
  endedAt: number | undefined;
  /** Milliseconds that its version itself took, without queue and hand-off; undefined if it gave no response. */
  ownMs: number | undefined;
  /** Whether both versions ran in the same mode when it started, so that their times can be compared. */
  isTimed: boolean;
  /** Status of its response; 0 while it is in flight. */
  status: number;
  /** Whether its output contains numbers that are NaN, infinite or out of range. */
  isInvalid: boolean;
  /** Bin of its prediction; undefined if it has none. */
  bin: number | undefined;
  cost: number | undefined;
  /** Whether its id is sampled for the log if it succeeds: business events can only be attributed to such requests. */
  isSampled: boolean;
  /** Excluded from all counts, since it was served without a run of its own. */
  isExcluded: boolean;
  /** Had not ended when its outcome was to be counted: it is counted when it ends. */
  isOverdue: boolean;
}

/** Metrics that look at how a request ended. */
type EndMetric = "errors" | "client-errors" | "invalid-outputs";

/** Whether a completed request is bad in a metric. Requests that the client cancelled or that exceeded a rate limit are not. */
export function isBad(metric: EndMetric, { status, isInvalid }: Pick<CountedRequest, "status" | "isInvalid">): boolean {
  if (metric === "errors") return status >= 500 || status === 408;
  if (metric === "client-errors") return status === 400 || status === 422;
  return isInvalid;
}

/** Whether a version took longer than a time for a request; without a response of it, whether the request did. */
export function isSlow(
  { startedAt, endedAt, ownMs }: Pick<CountedRequest, "startedAt" | "endedAt" | "ownMs">,
  slowMs: number,
): boolean {
  if (ownMs !== undefined) return ownMs > slowMs;
  return endedAt === undefined || endedAt - startedAt > slowMs;
}
