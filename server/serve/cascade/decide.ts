import { DomainError } from "#server/base/errors.ts";
import { InferenceFailure } from "../pool/failure.ts";
import type { InferRequest } from "../protocol/infer-request.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { isUnsure } from "../tensor/verdict.ts";
import type { EscalationReason, EscalationRules } from "./contract.ts";

/** Returns "tag" when a step is skipped because a parameter of the request, or of one of its inputs, has the rule's value. */
export function skipReason(
  { tag }: EscalationRules,
  { parameters, inputs }: Pick<InferRequest, "parameters" | "inputs">,
): "tag" | undefined {
  if (!tag) return undefined;
  const all = [parameters, ...inputs.map((input) => input.parameters)];
  const isMet = all.some(
    (given) => given && Object.hasOwn(given, tag.parameter) && String(given[tag.parameter]) === tag.equals,
  );
  return isMet ? "tag" : undefined;
}

/**
 * Decides whether a step's prediction escalates to the next step: "low-confidence" when the lowest of the rows' highest
 * probabilities is below the rule's. An output without probabilities is no reason.
 */
export function rejectionReason(
  { confidence }: EscalationRules,
  outputs: readonly Tensor[],
): EscalationReason | undefined {
  return confidence && isUnsure(outputs, confidence) ? "low-confidence" : undefined;
}

/**
 * Decides whether a failure escalates to the next step. An error caused by the request itself would recur there, and a caller that
 * has disconnected needs no response.
 * @param hasTimeLeft whether the deadline of the complete request is still ahead
 */
export function escalationReason(
  { onError, timeoutMs }: EscalationRules,
  cause: unknown,
  hasTimeLeft: boolean,
): EscalationReason | undefined {
  if (!hasTimeLeft) return undefined;
  if (cause instanceof InferenceFailure) {
    if (cause.reason === "canceled") return undefined;
    if (cause.reason === "deadline") return timeoutMs === null ? undefined : "timeout";
    return onError ? "error" : undefined;
  }
  return onError && cause instanceof DomainError && cause.code === "unavailable" ? "error" : undefined;
}
