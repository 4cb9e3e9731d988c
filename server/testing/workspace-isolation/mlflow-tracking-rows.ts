import type { Fixture } from "#server/testing/permissions/fixture.ts";
import { absent, inBody, inQuery, nothing, type Rows } from "./row.ts";

const experiment = ({ experimentId }: Fixture) => ({ experiment_id: String(experimentId) });
const experiments = ({ experimentId }: Fixture) => ({ experiment_ids: [String(experimentId)] });
const run = ({ runId }: Fixture) => ({ run_id: runId });
const tag = { key: "tag", value: "x" };
const point = { key: "loss", value: 1, timestamp: 2, step: 2 };

/** MLflow's calls on experiments, runs, metrics and logged models. */
export const mlflowTrackingRows: Rows = {
  "POST /api/2.0/mlflow/experiments/create": nothing({ body: { name: "another" } }),
  "GET /api/2.0/mlflow/experiments/get": inQuery(experiment),
  "GET /api/2.0/mlflow/experiments/get-by-name": inQuery(({ experimentName }) => ({ experiment_name: experimentName })),
  "POST /api/2.0/mlflow/experiments/search": nothing({ body: {} }),
  "GET /api/2.0/mlflow/experiments/search": nothing(),
  "POST /api/2.0/mlflow/experiments/update": inBody(experiment, { new_name: "renamed" }),
  "POST /api/2.0/mlflow/experiments/delete": inBody(experiment),
  "POST /api/2.0/mlflow/experiments/restore": absent((fixture) => ({ body: experiment(fixture) }), 404),
  "POST /api/2.0/mlflow/experiments/set-experiment-tag": inBody(experiment, tag),
  "POST /api/2.0/mlflow/experiments/delete-experiment-tag": inBody(experiment, { key: "tag" }),
  "POST /api/2.0/mlflow/experiments/search-datasets": nothing((fixture) => ({ body: experiments(fixture) })),
  "POST /api/2.0/mlflow/runs/create": inBody(experiment),
  "GET /api/2.0/mlflow/runs/get": inQuery(run),
  "POST /api/2.0/mlflow/runs/update": inBody(run, { status: "FINISHED" }),
  "POST /api/2.0/mlflow/runs/delete": inBody(run),
  "POST /api/2.0/mlflow/runs/restore": inBody(({ trashedRunId }) => ({ run_id: trashedRunId })),
  "POST /api/2.0/mlflow/runs/search": nothing((fixture) => ({ body: experiments(fixture) })),
  "GET /api/2.0/mlflow/artifacts/list": inQuery(run),
  "POST /api/2.0/mlflow/artifacts/presigned-upload-url": absent(
    (fixture) => ({ body: { ...run(fixture), path: "a" } }),
    400,
  ),
  "POST /api/2.0/mlflow/runs/log-metric": inBody(run, point),
  "POST /api/2.0/mlflow/runs/log-parameter": inBody(run, { key: "another", value: "x" }),
  "POST /api/2.0/mlflow/runs/log-batch": inBody(run, { metrics: [point] }),
  "POST /api/2.0/mlflow/runs/set-tag": inBody(run, tag),
  "POST /api/2.0/mlflow/runs/delete-tag": inBody(run, { key: "tag" }),
  "POST /api/2.0/mlflow/runs/log-inputs": inBody(run, {
    datasets: [{ dataset: { name: "other", digest: "d", source_type: "local", source: "here" } }],
  }),
  "POST /api/2.0/mlflow/runs/outputs": absent((fixture) => ({
    body: { ...run(fixture), models: [{ model_id: fixture.loggedModelId }] },
  })),
  "POST /api/2.0/mlflow/runs/log-model": absent((fixture) => ({
    body: {
      ...run(fixture),
      model_json: JSON.stringify({ artifact_path: "m", flavors: {}, utc_time_created: "", run_id: fixture.runId }),
    },
  })),
  "GET /api/2.0/mlflow/metrics/get-history": inQuery(run, { metric_key: "loss" }),
  "GET /api/2.0/mlflow/metrics/get-history-bulk": nothing((fixture) => ({
    query: { ...run(fixture), metric_key: "loss" },
  })),
  "GET /api/2.0/mlflow/metrics/get-history-bulk-interval": nothing(({ runId }) => ({
    query: { run_ids: runId, metric_key: "loss" },
  })),
  "POST /api/2.0/mlflow/logged-models": inBody(experiment, { name: "another" }),
  "GET /api/2.0/mlflow/logged-models/:model_id": absent(),
  "PATCH /api/2.0/mlflow/logged-models/:model_id": absent({ body: { status: "LOGGED_MODEL_READY" } }),
  "DELETE /api/2.0/mlflow/logged-models/:model_id": absent(),
  "POST /api/2.0/mlflow/logged-models/:model_id/params": absent({ body: { params: [{ key: "another", value: "x" }] } }),
  "PATCH /api/2.0/mlflow/logged-models/:model_id/tags": absent({ body: { tags: [tag] } }),
  "DELETE /api/2.0/mlflow/logged-models/:model_id/tags/*": absent({ params: { "*": "tag" } }),
  "GET /api/2.0/mlflow/logged-models/:model_id/artifacts/directories": absent(),
  "POST /api/2.0/mlflow/logged-models/search": nothing((fixture) => ({ body: experiments(fixture) })),
};
