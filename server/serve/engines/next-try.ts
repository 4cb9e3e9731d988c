/** Outcome of one attempt to reach an engine. */
type Outcome =
  | { kind: "answered"; status: number; retryAfterSeconds: number | undefined }
  /** No connection, or it closed before the first byte of the response. */
  | { kind: "lost"; message: string }
  /** No response within the timeout of the attempt. */
  | { kind: "late" };

const maxAttempts = 3;
const pauseMs = 20;

/**
 * Decides whether the request is sent once more. It may be: engines hold no state between requests (sequences are rejected), so two
 * runs are as good as one. It should be only when that helps and costs little: there was no response, or the engine requests it with
 * 503 and Retry-After. A slow engine would be slower with twice the work, and an error of the model would recur.
 * @param tries number of attempts so far. @param leftMs until the request's deadline
 * @returns milliseconds to wait before the next attempt; undefined when there is none
 */
export function nextTry(outcome: Outcome, { tries, leftMs }: { tries: number; leftMs: number }): number | undefined {
  if (tries >= maxAttempts) return undefined;
  const waitMs = requestedPause(outcome, tries);
  return waitMs !== undefined && waitMs < leftMs ? waitMs : undefined;
}

function requestedPause(outcome: Outcome, tries: number): number | undefined {
  if (outcome.kind === "lost") return pauseMs * 4 ** (tries - 1);
  if (outcome.kind === "late" || outcome.status !== 503) return undefined;
  return outcome.retryAfterSeconds === undefined ? undefined : Math.max(pauseMs, outcome.retryAfterSeconds * 1000);
}

/** Whether the outcome indicates a failure of the engine, and not only of the request. */
export function isFailure(outcome: Outcome): boolean {
  if (outcome.kind !== "answered") return true;
  const { status } = outcome;
  const blamesRequest = [400, 413, 415, 422, 429].includes(status);
  return (status < 200 || status > 299) && !blamesRequest;
}
