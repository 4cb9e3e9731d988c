import { DomainError } from "#server/base/errors.ts";
import { rejectDeepJson } from "#server/base/reject-deep-json.ts";
import type { NewAssessment, SentAssessment } from "#server/develop/tracking/traces/contract.ts";
import { anything, flag, maybe, record, required, text, textMap, type Values, withDefault } from "./fields.ts";
import { timeOf } from "./times.ts";

const feedback = maybe(record({ value: anything(), error: anything() }));
const expectation = maybe(record({ value: anything(), serialized_value: maybe(record({ value: required(text()) })) }));

/** Fields of an assessment that a client sends alone. */
export const assessmentFields = {
  assessment_name: text(),
  source: maybe(record({ source_type: text(), source_id: text() })),
  feedback,
  expectation,
  rationale: text(),
  metadata: maybe(textMap()),
  span_id: text(),
  overrides: text(),
};

/** Fields of an assessment inside a trace, which was made while the trace was still in memory. */
export const tracedAssessmentFields = {
  ...assessmentFields,
  assessment_id: text(),
  create_time: timeOf(),
  last_update_time: timeOf(),
  valid: withDefault(flag(), true),
};

type Sent = Values<typeof assessmentFields>;

/** Returns the assessed value of either kind; composite values are sent as text. Undefined for a kind that Leeway does not know. */
export function verdictOf({ feedback, expectation }: Pick<Sent, "feedback" | "expectation">) {
  if (feedback) return { kind: "feedback", value: feedback.value ?? null, error: feedback.error } as const;
  if (!expectation) return undefined;
  const serialised = expectation.serialized_value?.value;
  return {
    kind: "expectation",
    value: serialised === undefined ? (expectation.value ?? null) : parsed(serialised),
  } as const;
}

/** Converts an assessment. @throws DomainError "invalid" without feedback and expectation */
export function toAssessment(sent: Sent): Omit<NewAssessment, "traceId"> {
  const verdict = verdictOf(sent);
  if (!verdict) throw new DomainError("invalid", "An assessment needs `feedback` or `expectation`.");
  return {
    ...verdict,
    name: sent.assessment_name ?? "",
    sourceType: sent.source?.source_type,
    sourceId: sent.source?.source_id,
    rationale: sent.rationale ?? null,
    metadata: sent.metadata ?? null,
    spanId: sent.span_id || null,
    overrides: sent.overrides || null,
  };
}

/** Converts the assessments inside a trace. Those of a kind that Leeway does not know are left out: the trace is worth more. */
export function toAssessments(sent: readonly Values<typeof tracedAssessmentFields>[]): SentAssessment[] {
  return sent
    .filter((one) => verdictOf(one) !== undefined)
    .map((one) => ({
      ...toAssessment(one),
      id: one.assessment_id || undefined,
      isValid: one.valid,
      createdAt: one.create_time,
      updatedAt: one.last_update_time,
    }));
}

function parsed(text: string): unknown {
  rejectDeepJson(text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DomainError("invalid", "`serialized_value` of an expectation must be JSON.", { cause });
  }
}
