/** How one try to reach an engine ended. */
type Outcome =
  | { kind: "answered"; status: number; retryAfterSeconds: number | undefined }
  /** No connection, or it ended before a byte of the answer came. */
  | { kind: "lost"; message: string }
  /** No answer within the time of the try. */
  | { kind: "late" };

const maxAttempts = 3;
const pauseMs = 20;

/**
 * Whether the request is sent once more. It may be: engines hold no state between requests (sequences are refused), so two runs
 * are as good as one. It should be only where that helps and costs little: nobody answered, or the engine asks for it with 503 and
 * Retry-After. A slow engine would be slower with twice the work, and an error of the model would come again.
 * @param tries made so far. @param leftMs until the request's deadline
 * @returns milliseconds to wait before the next try; undefined when there is none
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

/** Whether the outcome speaks against the engine, and not only against the request. */
export function isFailure(outcome: Outcome): boolean {
  if (outcome.kind !== "answered") return true;
  const { status } = outcome;
  const blamesRequest = [400, 413, 415, 422, 429].includes(status);
  return (status < 200 || status > 299) && !blamesRequest;
}
