import { expect, test } from "vitest";
import { inWorkspace } from "#server/testing/testing.ts";
import { mlflowServer } from "../../testing/fixtures/http/mlflow/testing.ts";

/** Every field of TraceInfoV3 and Assessment of MLflow 3.17, as the client sends them. A field that is not carried fails the test. */
const assessment = {
  assessment_id: "a-1",
  assessment_name: "helpful",
  trace_id: "tr-1",
  span_id: "s-1",
  source: { source_type: "HUMAN", source_id: "ana" },
  create_time: "2026-05-01T10:00:00.000Z",
  last_update_time: "2026-05-01T10:00:01.000Z",
  feedback: { value: { score: 0.5 }, error: { error_code: "E", error_message: "no" } },
  rationale: "because",
  metadata: { session: "1" },
  overrides: "a-0",
  valid: true,
};
const expectation = {
  assessment_id: "a-0",
  assessment_name: "helpful",
  trace_id: "tr-1",
  source: { source_type: "CODE", source_id: "judge" },
  create_time: "2026-05-01T09:00:00.000Z",
  last_update_time: "2026-05-01T09:00:00.000Z",
  expectation: { serialized_value: { serialization_format: "JSON_FORMAT", value: '{"a":[1]}' } },
  valid: false,
};
const trace = {
  trace_id: "tr-1",
  client_request_id: "r-1",
  trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: "0" } },
  request_preview: "question",
  response_preview: "response",
  request_time: "2026-05-01T09:59:59.123Z",
  execution_duration: "1.500s",
  state: "ERROR",
  trace_metadata: { "mlflow.sourceRun": "run" },
  assessments: [expectation, assessment],
  tags: { team: "a" },
};

test(
  "returns every field of a trace with its assessments as it was sent, also when sent twice",
  inWorkspace(async (ctx) => {
    const app = await mlflowServer(ctx);
    const send = () =>
      app.inject({ method: "POST", url: "/api/3.0/mlflow/traces", payload: { trace: { trace_info: trace } } });
    for (const response of [await send(), await send()]) expect(response.statusCode).toBe(200);
    const response = await app.inject({ url: "/api/3.0/mlflow/traces/tr-1" });
    const returned = response.json().trace.trace_info;
    expect(returned).toMatchObject(trace);
    expect(Object.keys(returned).sort()).toEqual(Object.keys(trace).sort());
  }),
);

test(
  "returns trace infos for both methods of batchGetInfos",
  inWorkspace(async (ctx) => {
    const app = await mlflowServer(ctx);
    const url = "/api/3.0/mlflow/traces/batchGetInfos";
    await app.inject({ method: "POST", url: "/api/3.0/mlflow/traces", payload: { trace: { trace_info: trace } } });
    const posted = await app.inject({ method: "POST", url, payload: { trace_ids: ["tr-1"] } });
    const got = await app.inject({ url: `${url}?trace_ids=tr-1` });
    expect(posted.json().trace_infos).toMatchObject([{ trace_id: "tr-1" }]);
    expect(got.json()).toEqual(posted.json());
  }),
);
