/**
 * Reason why a request that the pool accepted got no response:
 * deadline: its time was up, in the queue or while it ran; canceled: the caller has disconnected;
 * model: the model failed while running; memory: it needed more than it may have; worker: the worker that ran it died;
 * features_stale, features_missing: the policy of the version refuses features that were looked up.
 */
export type FailureReason =
  | "deadline"
  | "canceled"
  | "model"
  | "memory"
  | "worker"
  | "features_stale"
  | "features_missing";

/** Status of HTTP by reason. 499 is nginx's for a client that disconnected; nobody receives it, but counters show it. */
export const statusOfFailure: Record<FailureReason, number> = {
  deadline: 504,
  canceled: 499,
  model: 500,
  memory: 500,
  worker: 500,
  features_stale: 503,
  features_missing: 503,
};

/** An error other than a DomainError, since "too late" and "the model failed" have their own status on each transport. */
export class InferenceFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "InferenceFailure";
    this.reason = reason;
  }
}

/** @param leftMs remaining time of the request when it reached the code that timed out */
export function lateFailure(leftMs: number): InferenceFailure {
  const left = Math.max(0, Math.round(leftMs));
  return new InferenceFailure("deadline", `Deadline exceeded: no response within the remaining ${left} ms.`);
}
