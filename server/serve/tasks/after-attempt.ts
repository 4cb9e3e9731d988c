/** Seconds before the second try, the third, and so on; the last one from then on. */
const waits = [5, 30, 120, 600, 1800];
/** A gateway that is only busy is asked again soon. */
const busySeconds = 5;
const maxBusySeconds = 300;

/** How a try ended that brought no answer, by the HTTP status that a client would have seen. */
export interface FailedAttempt {
  status: number;
  retryAfterSeconds?: number | undefined;
}

/** again: after so many seconds, and whether this try counts; failed: never by itself. */
type Next = { kind: "again"; waitSeconds: number; counts: boolean } | { kind: "failed" };

/**
 * What follows a try that failed. What the request itself is to blame for (4xx) would fail again. A gateway that is full, loads or stops
 * (429, 503) says nothing about the request, so that the try does not count; the task's expiry bounds it. All else is tried again
 * with growing waits.
 * @param attempts tries begun so far, this one included
 */
export function afterAttempt({ status, retryAfterSeconds = 0 }: FailedAttempt, attempts: number, tries: number): Next {
  if (status === 429 || status === 503) {
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
  /** Requests that wait for the version now, whoever sent them. */
  waiting: number;
  /** Tasks of the endpoint that this gateway runs now. */
  running: number;
}

const maxConcurrent = 8;

/**
 * How many tasks a gateway may take up: none while requests wait for the version, so that tasks take what others leave, and never so
 * many that they fill the line in front of it.
 */
export function freeSlots({ maxQueueSize, waiting, running }: Room): number {
  if (waiting > 0) return 0;
  const most = Math.max(1, Math.min(maxConcurrent, Math.floor(maxQueueSize / 4)));
  return Math.max(0, most - running);
}
