import { DomainError } from "#server/base/errors.ts";
import { InferenceFailure } from "../pool/failure.ts";
import type { InferRequest } from "../protocol/infer-request.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { isUnsure } from "../tensor/verdict.ts";
import type { EscalationReason, EscalationRules } from "./contract.ts";

/** Whether a step is passed over for a request: "tag" when a parameter of the request, or of one of its inputs, has the rule's value. */
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
 * Whether a step's answer is given to the next step to be made better: "low-confidence" when the lowest of the rows' highest
 * probabilities is below the rule's. An output without probabilities is no reason.
 */
export function rejectionReason(
  { confidence }: EscalationRules,
  outputs: readonly Tensor[],
): EscalationReason | undefined {
  return confidence && isUnsure(outputs, confidence) ? "low-confidence" : undefined;
}

/**
 * Whether the next step is asked after a failure. What the request itself is to blame for would fail there too, and a caller that
 * has left needs no answer.
 * @param hasTimeLeft whether the deadline of the whole request is still ahead
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
