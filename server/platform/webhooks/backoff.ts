/** Seconds before each further try: about a day in all, so that a receiver may be down over night. */
const waits = [10, 30, 120, 600, 1800, 7200, 21_600, 43_200];

export type Outcome = { status: number; retryAfterSeconds?: number | undefined } | { error: string };

/**
 * Returns the outcome of an attempt: delivered, failed, or the seconds until the next one. Only transient failures are retried: no
 * response, 408, 425, 429 and 5xx. A redirect is a response and is not followed.
 * @param attempts number of attempts, this one included
 */
export function next(outcome: Outcome, attempts: number): "delivered" | "failed" | { waitSeconds: number } {
  if ("status" in outcome && outcome.status >= 200 && outcome.status < 300) return "delivered";
  if ("status" in outcome && !isPassing(outcome.status)) return "failed";
  const wait = waits[attempts - 1];
  if (wait === undefined) return "failed";
  const retryAfterSeconds = "status" in outcome ? (outcome.retryAfterSeconds ?? 0) : 0;
  return { waitSeconds: Math.max(wait, Math.min(retryAfterSeconds, 3600)) };
}

function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}
