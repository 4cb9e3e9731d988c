import type { Fixture } from "#server/testing/permissions/fixture.ts";
import { absent, inBody, inQuery, nothing, type Rows } from "./row.ts";

const tag = { key: "tag", value: "x" };

const model = ({ model }: Fixture) => ({ name: model });
const version = ({ model, version }: Fixture) => ({ name: model, version: String(version) });

/** MLflow's calls on its registry and webhooks. */
export const mlflowRegistryRows: Rows = {
  "POST /api/2.0/mlflow/registered-models/create": nothing({ body: { name: "another-model" } }),
  "GET /api/2.0/mlflow/registered-models/get": inQuery(model),
  "POST /api/2.0/mlflow/registered-models/rename": inBody(model, { new_name: "renamed" }),
  "PATCH /api/2.0/mlflow/registered-models/update": inBody(model, { description: "x" }),
  "DELETE /api/2.0/mlflow/registered-models/delete": absent((fixture) => ({ body: model(fixture) }), 400),
  "POST /api/2.0/mlflow/registered-models/set-tag": inBody(model, tag),
  "DELETE /api/2.0/mlflow/registered-models/delete-tag": inBody(model, { key: "tag" }),
  "POST /api/2.0/mlflow/registered-models/alias": inBody(version, { alias: "another" }),
  "DELETE /api/2.0/mlflow/registered-models/alias": inBody(model, { alias: "another" }),
  "GET /api/2.0/mlflow/registered-models/alias": inQuery(model, { alias: "latest" }),
  "POST /api/2.0/mlflow/registered-models/get-latest-versions": inBody(model),
  "GET /api/2.0/mlflow/registered-models/get-latest-versions": inQuery(model),
  "POST /api/2.0/mlflow/model-versions/create": absent((fixture) => ({
    body: { ...model(fixture), source: `runs:/${fixture.runId}/model`, run_id: fixture.runId },
  })),
  "GET /api/2.0/mlflow/model-versions/get": inQuery(version),
  "GET /api/2.0/mlflow/model-versions/get-download-uri": inQuery(version),
  "PATCH /api/2.0/mlflow/model-versions/update": inBody(version, { description: "x" }),
  "DELETE /api/2.0/mlflow/model-versions/delete": absent((fixture) => ({ body: version(fixture) }), 400),
  "POST /api/2.0/mlflow/model-versions/set-tag": inBody(version, tag),
  "DELETE /api/2.0/mlflow/model-versions/delete-tag": inBody(version, { key: "tag" }),
  "POST /api/2.0/mlflow/model-versions/transition-stage": inBody(version, { stage: "Staging" }),
  "GET /api/2.0/mlflow/registered-models/search": nothing(),
  "GET /api/2.0/mlflow/model-versions/search": nothing(),
  "GET /model-versions/get-artifact": absent(
    (fixture) => ({ query: { ...version(fixture), path: "model.onnx" } }),
    400,
  ),
  "POST /api/2.0/mlflow/webhooks": nothing({
    body: {
      name: "new",
      url: "http://127.0.0.1:1/",
      events: [{ entity: "REGISTERED_MODEL", action: "CREATED" }],
    },
  }),
  "GET /api/2.0/mlflow/webhooks": nothing(),
  "GET /api/2.0/mlflow/webhooks/:webhook_id": absent(),
  "PATCH /api/2.0/mlflow/webhooks/:webhook_id": absent({ body: { description: "x" } }),
  "DELETE /api/2.0/mlflow/webhooks/:webhook_id": absent(),
  "POST /api/2.0/mlflow/webhooks/:webhook_id/test": absent({ body: {} }),
};
