import { DomainError } from "#server/base/errors.ts";
import { rejectDeepJson } from "#server/base/reject-deep-json.ts";
import { createAssessment } from "#server/develop/tracking/traces/create-assessment.ts";
import { deleteAssessment } from "#server/develop/tracking/traces/delete-assessment.ts";
import { getAssessment } from "#server/develop/tracking/traces/queries.ts";
import { updateAssessment } from "#server/develop/tracking/traces/update-assessment.ts";
import { type Call, call } from "./call.ts";
import { orBadRequest } from "./errors.ts";
import { anything, maybe, record, required, text, textMap, type Values } from "./fields.ts";
import { assessmentOnWire } from "./trace-shapes.ts";

const version = "3.0";
const path = "traces/:trace_id/assessments";
const one = { trace_id: required(text()), assessment_id: required(text()) };
const feedback = maybe(record({ value: anything(), error: anything() }));
const expectation = maybe(record({ value: anything(), serialized_value: maybe(record({ value: required(text()) })) }));
const sent = {
  assessment_name: text(),
  source: maybe(record({ source_type: text(), source_id: text() })),
  feedback,
  expectation,
  rationale: text(),
  metadata: maybe(textMap()),
  span_id: text(),
  overrides: text(),
};

/** Returns the assessed value of either kind; composite values are sent as text. */
function verdict({ feedback, expectation }: Pick<Values<typeof sent>, "feedback" | "expectation">) {
  if (feedback) return { kind: "feedback", value: feedback.value ?? null, error: feedback.error } as const;
  if (!expectation) return undefined;
  const serialised = expectation.serialized_value?.value;
  return {
    kind: "expectation",
    value: serialised === undefined ? (expectation.value ?? null) : parsed(serialised),
  } as const;
}

function parsed(text: string): unknown {
  rejectDeepJson(text);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DomainError("invalid", "`serialized_value` of an expectation must be JSON.", { cause });
  }
}

/** Verdicts on traces: feedback and expectations. */
export const assessmentCalls: Call[] = [
  call(
    "POST",
    path,
    { trace_id: required(text()), assessment: required(record({ ...sent, assessment_name: required(text()) })) },
    async (ctx, { trace_id, assessment }) => {
      const evaluation = verdict(assessment);
      if (!evaluation) throw new DomainError("invalid", "An assessment needs `feedback` or `expectation`.");
      const created = await createAssessment(ctx, {
        ...evaluation,
        traceId: trace_id,
        name: assessment.assessment_name,
        sourceType: assessment.source?.source_type,
        sourceId: assessment.source?.source_id,
        rationale: assessment.rationale ?? null,
        metadata: assessment.metadata ?? null,
        spanId: assessment.span_id || null,
        overrides: assessment.overrides || null,
      }).catch(orBadRequest);
      return { assessment: assessmentOnWire(created) };
    },
    { version },
  ),
  call(
    "GET",
    `${path}/:assessment_id`,
    one,
    async (ctx, { trace_id, assessment_id }) => ({
      assessment: assessmentOnWire(await getAssessment(ctx, { traceId: trace_id, assessmentId: assessment_id })),
    }),
    { version },
  ),
  call(
    "PATCH",
    `${path}/:assessment_id`,
    { ...one, assessment: required(record(sent)) },
    async (ctx, { trace_id, assessment_id, assessment }) => {
      const changed = await updateAssessment(ctx, {
        traceId: trace_id,
        assessmentId: assessment_id,
        name: assessment.assessment_name || undefined,
        value: verdict(assessment)?.value,
        rationale: assessment.rationale,
        metadata: assessment.metadata,
      });
      return { assessment: assessmentOnWire(changed) };
    },
    { version },
  ),
  call(
    "DELETE",
    `${path}/:assessment_id`,
    one,
    async (ctx, { trace_id, assessment_id }) => {
      await deleteAssessment(ctx, { traceId: trace_id, assessmentId: assessment_id });
      return {};
    },
    { version },
  ),
];
