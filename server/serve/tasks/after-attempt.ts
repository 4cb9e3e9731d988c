/** Seconds before the second try, the third, and so on; the last one from then on. */
const waits = [5, 30, 120, 600, 1800];
/** Minimum seconds before the next attempt after a gateway was merely busy. */
const busySeconds = 5;
const maxBusySeconds = 300;

/** Outcome of an attempt without a prediction, by the HTTP status that a client would have received. */
export interface FailedAttempt {
  status: number;
  /** One word for metrics. */
  reason?: string | undefined;
  retryAfterSeconds?: number | undefined;
}

/** again: after the given seconds, and whether this attempt counts; failed: no automatic retry. */
type Next = { kind: "again"; waitSeconds: number; counts: boolean } | { kind: "failed" };

/**
 * Decides what follows a failed attempt. Errors caused by the request itself (4xx) would recur. A gateway that is full, loading or
 * stopping (429, 503) reveals nothing about the request, so the attempt does not count; the task's expiry bounds it. All others are
 * retried with growing waits: a model that failed, and features that were too old or missing.
 * @param attempts attempts started so far, this one included
 */
export function afterAttempt(
  { status, reason, retryAfterSeconds = 0 }: FailedAttempt,
  attempts: number,
  tries: number,
): Next {
  const isBusy = status === 503 && reason !== "features_stale" && reason !== "features_missing";
  if (status === 429 || isBusy) {
    const waitSeconds = Math.min(maxBusySeconds, Math.max(busySeconds, retryAfterSeconds));
    return { kind: "again", waitSeconds, counts: false };
  }
  if (status < 500 || attempts >= tries) return { kind: "failed" };
  const waitSeconds = waits[Math.min(attempts, waits.length) - 1] as number;
  return { kind: "again", waitSeconds, counts: true };
}

interface Room {
  /** Requests that may wait for the version. */
  maxQueueSize: number;
  /** Number of requests that wait for the version now, by any caller. */
  waiting: number;
  /** Tasks of the endpoint that this gateway runs now. */
  running: number;
}

const maxConcurrent = 8;

/**
 * Returns how many tasks a gateway may take: none while requests wait for the version, so that tasks use only spare capacity, and never
 * enough to fill its queue.
 */
export function freeSlots({ maxQueueSize, waiting, running }: Room): number {
  if (waiting > 0) return 0;
  const most = Math.max(1, Math.min(maxConcurrent, Math.floor(maxQueueSize / 4)));
  return Math.max(0, most - running);
}
