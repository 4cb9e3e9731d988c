import type { Fixture } from "#server/testing/permissions/fixture.ts";
import { absent, answered, inQuery, nothing, type Rows } from "./row.ts";

const experiment = ({ experimentId }: Fixture) => ({ experiment_id: String(experimentId) });
const experiments = ({ experimentId }: Fixture) => ({ experiment_ids: [String(experimentId)] });
const tag = { key: "tag", value: "x" };

const traces = "/api/3.0/mlflow/traces";
const datasets = "/api/3.0/mlflow/datasets";

/** MLflow's calls on traces, assessments and evaluation datasets. */
export const mlflowTraceRows: Rows = {
  [`POST ${traces}`]: absent((fixture) => ({
    body: {
      trace: {
        trace_info: {
          trace_id: "tr-another",
          trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: experiment(fixture) },
          request_time: "2026-01-01T00:00:00Z",
          state: "OK",
        },
      },
    },
  })),
  [`GET ${traces}/get`]: inQuery(({ traceId }) => ({ trace_id: traceId })),
  [`GET ${traces}/batchGet`]: nothing(({ traceId }) => ({ query: { trace_ids: traceId } })),
  [`GET ${traces}/batchGetInfos`]: nothing(({ traceId }) => ({ query: { trace_ids: traceId } })),
  [`POST ${traces}/batchGetInfos`]: nothing(({ traceId }) => ({ body: { trace_ids: [traceId] } })),
  [`GET ${traces}/:trace_id`]: absent(),
  [`POST ${traces}/search`]: nothing((fixture) => ({
    body: { locations: [{ mlflow_experiment: experiment(fixture) }] },
  })),
  "PATCH /api/2.0/mlflow/traces/:trace_id/tags": answered(400, { body: tag }),
  "DELETE /api/2.0/mlflow/traces/:trace_id/tags": absent({ body: { key: "tag" } }),
  "POST /api/2.0/mlflow/traces/delete-traces": nothing((fixture) => ({
    body: { ...experiment(fixture), request_ids: [fixture.traceId] },
  })),
  [`POST ${traces}/:trace_id/assessments`]: answered(400, {
    body: { assessment: { assessment_name: "good", feedback: { value: true } } },
  }),
  [`GET ${traces}/:trace_id/assessments/:assessment_id`]: absent(),
  [`PATCH ${traces}/:trace_id/assessments/:assessment_id`]: absent({
    body: { assessment: { feedback: { value: false } } },
  }),
  [`DELETE ${traces}/:trace_id/assessments/:assessment_id`]: nothing(),
  "POST /v1/traces": absent((fixture) => ({
    body: "",
    headers: { "content-type": "application/x-protobuf", "x-mlflow-experiment-id": String(fixture.experimentId) },
  })),
  [`POST ${datasets}/create`]: absent((fixture) => ({ body: { name: "another", ...experiments(fixture) } })),
  [`POST ${datasets}/search`]: nothing((fixture) => ({ body: experiments(fixture) })),
  [`GET ${datasets}/:dataset_id`]: absent(),
  [`DELETE ${datasets}/:dataset_id`]: nothing(),
  [`PATCH ${datasets}/:dataset_id/tags`]: absent({ body: { tags: JSON.stringify({ another: "x" }) } }),
  [`DELETE ${datasets}/:dataset_id/tags/*`]: absent({ params: { "*": "tag" } }),
  [`POST ${datasets}/:dataset_id/records`]: absent({ body: { records: JSON.stringify([{ inputs: { a: 1 } }]) } }),
  [`GET ${datasets}/:dataset_id/records`]: absent(),
  [`DELETE ${datasets}/:dataset_id/records`]: absent(({ evaluationRecordId }) => ({
    body: { dataset_record_ids: [evaluationRecordId] },
  })),
  [`GET ${datasets}/:dataset_id/experiment-ids`]: absent(),
  [`POST ${datasets}/:dataset_id/add-experiments`]: absent((fixture) => ({ body: experiments(fixture) })),
  [`POST ${datasets}/:dataset_id/remove-experiments`]: absent((fixture) => ({ body: experiments(fixture) })),
};
