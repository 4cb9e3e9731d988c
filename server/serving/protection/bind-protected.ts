import type { Signature } from "#server/registry/contract.ts";
import { type BoundRequest, bindRequest } from "../protocol/bind-request.ts";
import type { InferRequest } from "../protocol/infer-request.ts";
import { checkInputs } from "./check-inputs.ts";
import type { FieldContract } from "./contract.ts";
import { fillGaps } from "./fill-gaps.ts";
import { refusalOf, type Violation } from "./violation.ts";

/**
 * Reads a request as bindRequest does, and holds it to the contract of the endpoint's fields as well.
 * @param note hears of every violation, also when the request is refused for it.
 * @throws DomainError "invalid" that names the field, what is expected and what came
 */
export function bindProtected(
  request: InferRequest,
  signature: Signature,
  fields: readonly FieldContract[],
  note: (violations: readonly Violation[]) => void,
): BoundRequest {
  if (fields.length === 0) return bindRequest(request, signature);
  const filled = fillGaps(request, signature.inputs, fields);
  note(filled.violations);
  const missing = refusalOf(filled.violations);
  if (missing) throw missing;
  const bound = bindRequest(filled.request, signature);
  const violations = checkInputs(bound.tensors, fields, filled.violations);
  note(violations);
  const refusal = refusalOf(violations);
  if (refusal) throw refusal;
  return bound;
}
