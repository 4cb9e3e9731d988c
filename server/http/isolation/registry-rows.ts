import { dayMs } from "#server/durations.ts";
import { mlpModel } from "#server/registry/onnx/fixture-models.ts";
import { absent, nothing, type Rows } from "./row.ts";

const reason = "x";
const body = (sent: object) => ({ body: sent });
const value = body({ value: "x" });
const aRow = { name: "x", datatype: "FP32", shape: [1, 4], data: [1, 2, 3, 4] };
const fromRecorded = { method: "shapley", background: { from: "recorded" } };
const version = "/api/v1/models/:model/versions/:version";

/** The REST interface on models, their versions, promotions and security, and on endpoints. */
export const registryRows: Rows = {
  "GET /api/v1/models": nothing(),
  "POST /api/v1/models": nothing(body({ name: "another-model" })),
  "GET /api/v1/models/:model": absent(),
  "PUT /api/v1/models/:model/name": absent(body({ name: "renamed" })),
  "PUT /api/v1/models/:model/description": absent(body({ description: "x" })),
  "PUT /api/v1/models/:model/owner": absent(({ userId: ownerId }) => ({ body: { ownerId } })),
  "DELETE /api/v1/models/:model": absent(),
  "PUT /api/v1/models/:model/tags/:key": absent(value),
  "DELETE /api/v1/models/:model/tags/:key": absent(),
  "GET /api/v1/models/:model/aliases/:alias": absent({ params: { alias: "latest" } }),
  "PUT /api/v1/models/:model/aliases/:alias": absent(({ version }) => ({ body: { version, reason } })),
  "DELETE /api/v1/models/:model/aliases/:alias": absent({ query: { reason } }),
  "GET /api/v1/models/:model/alias-changes": absent(),
  "GET /api/v1/models/:model/versions": absent(),
  "POST /api/v1/models/:model/versions": nothing({
    body: mlpModel([4, 3]),
    headers: { "content-type": "application/octet-stream" },
  }),
  "POST /api/v1/models/:model/registrations": absent(({ runId }) => ({
    body: { source: `runs:/${runId}/model`, runId },
  })),
  [`GET ${version}`]: absent(),
  [`PUT ${version}/description`]: absent(body({ description: "x" })),
  [`DELETE ${version}`]: absent(),
  [`POST ${version}/inspection`]: absent(),
  [`PUT ${version}/tags/:key`]: absent(value),
  [`DELETE ${version}/tags/:key`]: absent(),
  [`GET ${version}/file`]: absent(),
  [`GET ${version}/bundle`]: absent(),
  [`GET ${version}/bundle/manifest`]: absent(),
  "GET /api/v1/bundle-key": nothing(),
  "GET /api/v1/bundle-key.pem": nothing(),
  [`GET ${version}/pipeline`]: absent(),
  // The version of the scene was deployed, and keeps its pipeline.
  [`PUT ${version}/pipeline`]: absent(body({ pipeline: null })),
  "GET /api/v1/registry-policy": nothing(),
  "PUT /api/v1/registry-policy": nothing(body({ policy: {}, reason })),
  "GET /api/v1/models/:model/policy": absent(),
  "PUT /api/v1/models/:model/policy": absent(body({ policy: {}, reason })),
  [`GET ${version}/checklist`]: absent(),
  [`GET ${version}/gate-runs`]: absent(),
  [`GET ${version}/required-metadata`]: absent(),
  "GET /api/v1/models/:model/comparison": absent({ query: { a: "1", b: "1" } }),
  [`POST ${version}/gate-check`]: absent(body({ alias: "champion" })),
  // Its checklist has no gates, which nobody can waive then.
  [`POST ${version}/waivers`]: absent(
    () => ({
      body: { alias: "champion", gate: "signature", reason, until: new Date(Date.now() + dayMs).toISOString() },
    }),
    404,
  ),
  "GET /api/v1/promotions": nothing(),
  "POST /api/v1/models/:model/promotions": absent(({ version }) => ({ body: { version, alias: "another", reason } })),
  "GET /api/v1/promotions/:request": absent(),
  "POST /api/v1/promotions/:request/approval": absent(body({})),
  "POST /api/v1/promotions/:request/rejection": absent(body({ reason })),
  "POST /api/v1/promotions/:request/withdrawal": absent(({ ownRequestId }) => ({
    params: { request: ownRequestId },
    body: { reason },
  })),
  [`GET ${version}/security`]: absent(),
  [`POST ${version}/scan`]: absent(),
  [`GET ${version}/signature`]: absent(),
  [`PUT ${version}/signature`]: absent(body({ signature: Buffer.alloc(64, 1).toString("base64") })),
  [`DELETE ${version}/signature`]: absent({ query: { reason } }),
  "GET /api/v1/trusted-keys": nothing(),
  "POST /api/v1/trusted-keys": nothing(
    body({ name: "another key", publicKey: Buffer.alloc(32, 7).toString("base64") }),
  ),
  "POST /api/v1/trusted-keys/:keyId/revocation": absent(body({ reason })),
  "GET /api/v1/security-policy": nothing(),
  "PUT /api/v1/security-policy": nothing(body({ unsigned: "warn", dangerous: "forbid", reason })),
  "GET /api/v1/endpoints": nothing(),
  "POST /api/v1/endpoints": nothing(body({ name: "another-endpoint" })),
  "GET /api/v1/endpoints/:endpoint": absent(),
  "PATCH /api/v1/endpoints/:endpoint": absent(body({ description: "x" })),
  "DELETE /api/v1/endpoints/:endpoint": absent({ query: { reason } }),
  "POST /api/v1/endpoints/:endpoint/deployments": absent(({ model, version }) => ({
    body: { model, version, reason },
  })),
  "GET /api/v1/endpoints/:endpoint/series": absent(),
  "GET /api/v1/endpoints/:endpoint/load-tests": absent(),
  "POST /api/v1/endpoints/:endpoint/load-tests": absent(({ version }) => ({
    body: { version, settings: { rates: [1] }, confirmsLive: true, reason },
  })),
  "GET /api/v1/endpoints/:endpoint/load-tests/:loadTest": absent(),
  "POST /api/v1/endpoints/:endpoint/load-tests/:loadTest/cancellation": absent(),
  "GET /api/v1/endpoints/:endpoint/cache": absent(),
  "PUT /api/v1/endpoints/:endpoint/cache": absent(body({ ttlSeconds: 60 })),
  "GET /api/v1/endpoints/:endpoint/protection": absent(),
  "PUT /api/v1/endpoints/:endpoint/protection": absent(body({ requestsPerSecond: 5 })),
  "GET /api/v1/endpoints/:endpoint/violations": absent(),
  "GET /api/v1/endpoints/:endpoint/predictions": absent(),
  "GET /api/v1/endpoints/:endpoint/tasks": absent(),
  "GET /api/v1/endpoints/:endpoint/backlog": absent(),
  "POST /api/v1/endpoints/:endpoint/redrives": absent(body({ reason })),
  "GET /api/v1/endpoints/:endpoint/task-settings": absent(),
  "PUT /api/v1/endpoints/:endpoint/task-settings": absent(body({ tries: 5 })),
  "GET /api/v1/endpoints/:endpoint/task-webhook": absent(),
  "PUT /api/v1/endpoints/:endpoint/task-webhook": absent(body({ url: null })),
  "GET /api/v1/tasks/:task": absent(),
  "GET /api/v1/tasks/:task/deliveries": absent(),
  "POST /api/v1/tasks/:task/redrives": absent(body({ reason })),
  "POST /api/v1/tasks/:task/cancellation": absent(body({ reason })),
  "GET /api/v1/endpoints/:endpoint/predictions/:prediction": absent(),
  // Nothing was kept of its inputs.
  "POST /api/v1/endpoints/:endpoint/predictions/:prediction/replays": absent(({ model, version }) => ({
    body: { model, version },
  })),
  "GET /api/v1/endpoints/:endpoint/capture": absent(),
  "PUT /api/v1/endpoints/:endpoint/capture": absent(body({ share: 0.5 })),
  "GET /api/v1/endpoints/:endpoint/cascade": absent(),
  "PUT /api/v1/endpoints/:endpoint/cascade": absent(body({ next: [] })),
  "GET /api/v1/endpoints/:endpoint/cascade-report": absent(),
  "GET /api/v1/endpoints/:endpoint/label-counts": absent(),
  "POST /api/v1/endpoints/:endpoint/labels": absent(body({ labels: [{ requestId: "1", label: "3" }] })),
  "GET /api/v1/playground-runs": nothing(),
  "POST /api/v1/playground-runs": absent(({ model, version }) => ({
    body: { model, sides: [{ version }], inputs: [aRow] },
  })),
  // No request of the scene is kept that it could stand before.
  "POST /api/v1/playground-explanations": absent(({ model, version, playgroundRunId: runId }) => ({
    body: { model, side: { version }, inputs: [aRow], runId, settings: fromRecorded },
  })),
  "GET /api/v1/playground-runs/:playgroundRun": absent(),
  "GET /api/v1/playground-runs/:playgroundRun/items": absent(),
  "POST /api/v1/playground-runs/:playgroundRun/cancellation": absent(),
  "DELETE /api/v1/playground-runs/:playgroundRun": absent(),
};
