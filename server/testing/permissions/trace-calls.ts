import { createAssessment } from "#server/develop/tracking/traces/create-assessment.ts";
import { deleteAssessment } from "#server/develop/tracking/traces/delete-assessment.ts";
import { deleteTraceTag } from "#server/develop/tracking/traces/delete-trace-tag.ts";
import { deleteTraces } from "#server/develop/tracking/traces/delete-traces.ts";
import { getAssessment, getTraceInfo, listSpans, listTraceInfos } from "#server/develop/tracking/traces/queries.ts";
import { searchTraces } from "#server/develop/tracking/traces/search.ts";
import { setTraceTag } from "#server/develop/tracking/traces/set-trace-tag.ts";
import { storeSpans } from "#server/develop/tracking/traces/store-spans.ts";
import { storeTrace } from "#server/develop/tracking/traces/store-trace.ts";
import { updateAssessment } from "#server/develop/tracking/traces/update-assessment.ts";
import { sampleSpan } from "#server/testing/fixtures/tracking/traces/testing.ts";
import type { Calls } from "./call.ts";

const evaluated = { kind: "feedback", name: "good", value: true } as const;

/** Traces, their spans and assessments. */
export const traceCalls = {
  storeSpans: (ctx, { experimentId }) => storeSpans(ctx, experimentId, [sampleSpan({ traceId: "tr-another" })]),
  storeTrace: (ctx, { experimentId }) => storeTrace(ctx, { id: "tr-another", experimentId, startedAt: 1 }),
  setTraceTag: (ctx, { traceId }) => setTraceTag(ctx, { traceId, key: "another", value: "x" }),
  deleteTraceTag: (ctx, { traceId }) => deleteTraceTag(ctx, { traceId, key: "tag" }),
  deleteTraces: (ctx, { experimentId, traceId }) => deleteTraces(ctx, { experimentId, traceIds: [traceId] }),
  createAssessment: (ctx, { traceId }) => createAssessment(ctx, { traceId, ...evaluated }),
  updateAssessment: (ctx, { traceId, assessmentId }) => updateAssessment(ctx, { traceId, assessmentId, value: false }),
  deleteAssessment: (ctx, { traceId, assessmentId }) => deleteAssessment(ctx, { traceId, assessmentId }),
  getAssessment: (ctx, { traceId, assessmentId }) => getAssessment(ctx, { traceId, assessmentId }),
  getTraceInfo: (ctx, { traceId }) => getTraceInfo(ctx, traceId),
  listTraceInfos: (ctx, { traceId }) => listTraceInfos(ctx, [traceId]),
  listSpans: (ctx, { traceId }) => listSpans(ctx, [traceId]).then((spans) => [...spans.keys()]),
  searchTraces: (ctx, { experimentId }) => searchTraces(ctx, { experimentIds: [experimentId], limit: 10 }),
} as const satisfies Calls;
