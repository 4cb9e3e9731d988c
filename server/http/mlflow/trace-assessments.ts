import { createAssessment } from "#server/develop/tracking/traces/create-assessment.ts";
import { deleteAssessment } from "#server/develop/tracking/traces/delete-assessment.ts";
import { getAssessment } from "#server/develop/tracking/traces/queries.ts";
import { updateAssessment } from "#server/develop/tracking/traces/update-assessment.ts";
import { assessmentFields, toAssessment, verdictOf } from "./assessment-fields.ts";
import { type Call, call } from "./call.ts";
import { orBadRequest } from "./errors.ts";
import { record, required, text } from "./fields.ts";
import { assessmentOnWire } from "./trace-shapes.ts";

const version = "3.0";
const path = "traces/:trace_id/assessments";
const one = { trace_id: required(text()), assessment_id: required(text()) };

/** Verdicts on traces: feedback and expectations. */
export const assessmentCalls: Call[] = [
  call(
    "POST",
    path,
    {
      trace_id: required(text()),
      assessment: required(record({ ...assessmentFields, assessment_name: required(text()) })),
    },
    async (ctx, { trace_id, assessment }) => {
      const created = await createAssessment(ctx, { ...toAssessment(assessment), traceId: trace_id }).catch(
        orBadRequest,
      );
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
    { ...one, assessment: required(record(assessmentFields)) },
    async (ctx, { trace_id, assessment_id, assessment }) => {
      const changed = await updateAssessment(ctx, {
        traceId: trace_id,
        assessmentId: assessment_id,
        name: assessment.assessment_name || undefined,
        value: verdictOf(assessment)?.value,
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
