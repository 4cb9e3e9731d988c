/**
 * Why a request that the pool accepted got no answer:
 * deadline: its time was up, in the queue or while it ran; canceled: the caller is gone;
 * model: the model failed while running; worker: the worker that ran it died.
 */
export type FailureReason = "deadline" | "canceled" | "model" | "worker";

/** Not a DomainError, since "too late" and "the model failed" have a status of their own on each transport. */
export class InferenceFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "InferenceFailure";
    this.reason = reason;
  }
}

/** @param leftMs time that was left of the request's own when it came to where it was given up */
export function lateFailure(leftMs: number): InferenceFailure {
  const left = Math.max(0, Math.round(leftMs));
  return new InferenceFailure("deadline", `Deadline exceeded: no response within the remaining ${left} ms.`);
}
