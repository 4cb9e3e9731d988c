import type { Assessment, TraceInfo } from "#server/develop/tracking/traces/contract.ts";
import { compact } from "./shapes.ts";

/** Converts a trace without its spans to the format in which protobuf writes it in JSON. */
export function traceInfoOnWire(trace: TraceInfo): object {
  return compact({
    trace_id: trace.id,
    client_request_id: trace.clientRequestId,
    trace_location: {
      type: "MLFLOW_EXPERIMENT",
      mlflow_experiment: { experiment_id: String(trace.experimentId) },
    },
    request_preview: trace.requestPreview,
    response_preview: trace.responsePreview,
    request_time: new Date(trace.startedAt).toISOString(),
    execution_duration: trace.durationMs === null ? undefined : durationOnWire(trace.durationMs),
    state: trace.state,
    trace_metadata: trace.metadata,
    assessments: trace.assessments.map(assessmentOnWire),
    tags: trace.tags,
  });
}

function durationOnWire(milliseconds: number): string {
  const [seconds, rest] = [Math.floor(milliseconds / 1000), milliseconds % 1000];
  return rest === 0 ? `${seconds}s` : `${seconds}.${String(rest).padStart(3, "0")}s`;
}

export function assessmentOnWire(assessment: Assessment): object {
  const { kind, value, error } = assessment;
  return compact({
    assessment_id: assessment.id,
    assessment_name: assessment.name,
    trace_id: assessment.traceId,
    span_id: assessment.spanId,
    source: { source_type: assessment.sourceType, source_id: assessment.sourceId },
    create_time: new Date(assessment.createdAt).toISOString(),
    last_update_time: new Date(assessment.updatedAt).toISOString(),
    [kind]: kind === "feedback" && error ? { value, error } : (serialised(kind, value) ?? { value }),
    rationale: assessment.rationale,
    metadata: assessment.metadata,
    overrides: assessment.overrides,
    valid: assessment.isValid,
  });
}

/** Serialises an expectation as text when it is a composite value. */
function serialised(kind: Assessment["kind"], value: unknown): object | undefined {
  if (kind !== "expectation" || typeof value !== "object" || value === null) return undefined;
  return { serialized_value: { serialization_format: "JSON_FORMAT", value: JSON.stringify(value) } };
}
