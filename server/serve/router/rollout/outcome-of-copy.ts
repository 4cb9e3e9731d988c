import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { FeatureError } from "#server/develop/features/feature-error.ts";
import { InferenceFailure, statusOfFailure } from "../../pool/failure.ts";
import type { Outcome } from "../attempt-parts.ts";

/** Returns the outcome of a failed copy, as the transport would report that of a request. */
export function outcomeOfCopy(cause: unknown): Outcome {
  const error = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof InferenceFailure) {
    return { status: statusOfFailure[cause.reason], reason: cause.reason, error };
  }
  if (cause instanceof FeatureError && cause.code === "invalid") {
    return { status: 422, reason: `features_${cause.problem}`, error };
  }
  if (cause instanceof DomainError) return { status: cause.code === "invalid" ? 400 : 503, reason: cause.code, error };
  log.error("shadow.failed", { cause });
  return { status: 500, reason: "bug", error: "Internal gateway error; see its log." };
}
