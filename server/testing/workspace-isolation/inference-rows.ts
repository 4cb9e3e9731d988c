import type { Fixture } from "#server/testing/permissions/fixture.ts";
import { absent, nothing, open, type Rows } from "./row.ts";

const infer = { body: { inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] }] } };
const byName = ({ endpoint }: Fixture) => ({ params: { model: endpoint } });

/** Rows for the Open Inference Protocol, where a model is an endpoint. The one of the fixture has no file, so no request succeeds. */
export const inferenceRows: Rows = {
  "GET /v2": open(),
  "GET /v2/health/live": open(),
  "GET /v2/health/ready": open(),
  "GET /v2/openapi.json": open(),
  "GET /v2/models": nothing(),
  "GET /v2/models/stats": nothing(),
  "GET /v2/models/:model/stats": absent(byName),
  "GET /v2/models/:model/config": absent(byName),
  "GET /v2/models/:model/versions/:version/stats": absent(byName),
  "GET /v2/models/:model/versions/:version/config": absent(byName),
  "POST /v2/repository/index": nothing(),
  "POST /v2/repository/models/:model/load": absent(byName, 400),
  "POST /v2/repository/models/:model/unload": absent(byName),
  "GET /v2/models/:model": absent(byName),
  "GET /v2/models/:model/ready": absent(byName, 503),
  "GET /v2/models/:model/versions/:version": absent(byName),
  "GET /v2/models/:model/versions/:version/ready": absent(byName, 503),
  "POST /v2/models/:model/infer": absent((fixture) => ({ ...byName(fixture), ...infer }), 503),
  "POST /v2/models/:model/versions/:version/infer": absent((fixture) => ({ ...byName(fixture), ...infer }), 503),
  "POST /v2/models/:model/tasks": absent((fixture) => ({ ...byName(fixture), ...infer })),
  "POST /v2/models/:model/versions/:version/tasks": absent((fixture) => ({ ...byName(fixture), ...infer })),
  "POST /v2/task-inputs": nothing({ body: "a request" }),
  "GET /v2/tasks/:task": absent(),
  "GET /v2/tasks/:task/result": absent(),
  "POST /v2/tasks/:task/cancellation": absent(),
};
