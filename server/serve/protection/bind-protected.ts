import { type BoundRequest, bindRequest } from "../protocol/bind-request.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkInputs } from "./check-inputs.ts";
import type { FieldContract } from "./contract.ts";
import { fillGaps } from "./fill-gaps.ts";
import { refusalOf, type Violation } from "./violation.ts";

type Note = (violations: readonly Violation[]) => void;

/**
 * Reads a request as bindRequest does, and also validates it against the contract of the endpoint's fields.
 * @param note called with every violation, also when the request is rejected for it.
 * @throws DomainError "invalid" that names the field, what is expected and what was sent
 */
export function bindProtected(
  fields: readonly FieldContract[],
  note: Note,
  ...[request, signature, read]: Parameters<typeof bindRequest>
): BoundRequest {
  if (fields.length === 0) return bindRequest(request, signature, read);
  const filled = fillGaps(request, signature.inputs, fields);
  note(filled.violations);
  const missing = refusalOf(filled.violations);
  if (missing) throw missing;
  const bound = bindRequest(filled.request, signature, read);
  holdToContract(bound.tensors, fields, note, filled.violations);
  return bound;
}

/** Compares tensors with the contract of their fields. @param known violations found before. @throws as bindProtected */
export function holdToContract(
  tensors: readonly Tensor[],
  fields: readonly FieldContract[],
  note: Note,
  known: readonly Violation[] = [],
): void {
  const violations = checkInputs(tensors, fields, known);
  note(violations);
  const refusal = refusalOf(violations);
  if (refusal) throw refusal;
}
