import type { Fixture } from "#server/testing/permissions/fixture.ts";
import { absent, nothing, open, type Rows } from "./row.ts";

const run = ({ runId }: Fixture) => ({ run_id: runId });
const file = (content: string) => ({ body: content, headers: { "content-type": "application/octet-stream" } });
const artifacts = "/api/2.0/mlflow-artifacts";
const inStore = ({ artifactPath }: Fixture) => ({ params: { "*": artifactPath } });
const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/"));
const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const part = ({ artifactPath }: Fixture, body: object) => ({
  params: { "*": folderOf(artifactPath) },
  body: { path: nameOf(artifactPath), ...body },
});

/** Files by MLflow's proxy and for browsers, its workspaces, and what is open to everybody. */
export const mlflowFileRows: Rows = {
  [`GET ${artifacts}/artifacts/*`]: absent(inStore),
  [`PUT ${artifacts}/artifacts/*`]: absent((fixture) => ({ ...inStore(fixture), ...file("x") })),
  [`DELETE ${artifacts}/artifacts/*`]: absent(inStore),
  [`GET ${artifacts}/artifacts`]: absent(({ artifactPath }) => ({ query: { path: folderOf(artifactPath) } })),
  [`POST ${artifacts}/mpu/create/*`]: absent((fixture) => part(fixture, { num_parts: 1 })),
  [`POST ${artifacts}/mpu/complete/*`]: absent((fixture) => part(fixture, { upload_id: "x", parts: [] }), 404),
  [`POST ${artifacts}/mpu/abort/*`]: absent((fixture) => part(fixture, { upload_id: "x" })),
  [`GET ${artifacts}/presigned/*`]: absent(inStore),
  "GET /get-artifact": absent((fixture) => ({ query: { ...run(fixture), path: nameOf(fixture.artifactPath) } })),
  "GET /api/2.0/mlflow/logged-models/:model_id/artifacts/files": absent(
    { query: { artifact_file_path: "MLmodel" } },
    404,
  ),
  "POST /api/2.0/mlflow/upload-artifact": absent(({ runId }) => ({
    query: { run_uuid: runId, path: "a" },
    ...file("x"),
  })),
  "GET /api/3.0/mlflow/workspaces": nothing(),
  "GET /api/3.0/mlflow/workspaces/:name": absent((fixture) => ({ params: { name: fixture.workspaceId } }), 404),
  "GET /health": open(),
  "GET /version": open(),
  "GET /api/3.0/mlflow/server-info": open(),
};
