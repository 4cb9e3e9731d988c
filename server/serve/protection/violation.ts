import { DomainError } from "#server/base/errors.ts";
import { expectationOf, fieldName } from "./constants.ts";
import type { FieldContract, FieldPolicy, ViolationKind } from "./contract.ts";

const outcomes = { reject: "rejected", clip: "clipped", flag: "flagged" } as const;
type ViolationOutcome = (typeof outcomes)[FieldPolicy];

/** A field that violated one part of its contract, at least once in a request. */
export interface Violation {
  field: string;
  kind: ViolationKind;
  outcome: ViolationOutcome;
  /** Names the field, the expected and the received value, for the first violation. */
  message: string;
  /** The same without the value, for logs of fields that are redacted. */
  quietMessage: string;
}

/** Returns the policy of a field for a kind of violation. */
export function policyOf(field: FieldContract, kind: ViolationKind): FieldPolicy {
  if (kind === "missing") return field.onMissing;
  return kind === "not-finite" ? field.onNotFinite : field.onOutside;
}

/**
 * Describes a violation.
 * @param location where in the tensor: ", row 3"; empty when it is all of it
 * @param got what came, in words
 */
export function violationOf(
  field: FieldContract,
  broken: { kind: ViolationKind; policy: FieldPolicy; got: string; location?: string },
): Violation {
  const { kind, policy, got, location = "" } = broken;
  const name = fieldName(field);
  const where =
    name === field.input ? `input '${name}'${location}` : `input '${field.input}', field '${name}'${location}`;
  const expected = `${where}: expected ${expectationOf(field)}`;
  const message = `${expected}, got ${got}`;
  return { field: name, kind, outcome: outcomes[policy], message, quietMessage: `${expected}, got another value` };
}

/** Returns the rejection of a request that has violations with the policy "reject"; undefined when it has none. */
export function refusalOf(violations: readonly Violation[]): DomainError | undefined {
  const [first, ...others] = violations.filter(({ outcome }) => outcome === "rejected");
  if (!first) return undefined;
  const more = others.length > 0 ? ` (and ${others.length} more violation${others.length > 1 ? "s" : ""})` : "";
  return new DomainError("invalid", first.message + more);
}

/** Describes accepted violations for a header: "width=range, colour=level". */
export function describeFlag(violations: readonly Violation[]): string {
  const kept = violations.filter(({ outcome }) => outcome !== "rejected");
  return kept.map(({ field, kind }) => `${field}=${kind}`).join(", ");
}

/** Formats a value for errors: text in quotes, truncated when it is long. */
export function shownValue(value: unknown): string {
  if (typeof value !== "string") return String(value);
  if (value === "") return "empty text";
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
