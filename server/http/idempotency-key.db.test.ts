import { expect, test } from "vitest";
import { readConfig } from "#server/admin/settings/config.ts";
import { createExperiment } from "#server/develop/tracking/experiments/create-experiment.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { mlflowServer } from "../testing/fixtures/http/mlflow/testing.ts";
import { createServer, type WebDependencies } from "./server.ts";
import { v1Plugin } from "./v1/plugin.ts";

const headers = { "idempotency-key": "5f0c" };

test(
  "accepts Idempotency-Key for runs and versions in the MLflow API, and explains an invalid one",
  inWorkspace(async (ctx) => {
    const app = await mlflowServer(ctx);
    const post = async (path: string, payload: object) => {
      const response = await app.inject({ method: "POST", url: `/api/2.0/mlflow/${path}`, headers, payload });
      return { status: response.statusCode, body: response.json() };
    };
    const run = await post("runs/create", { experiment_id: "0", start_time: 1 });
    expect(run.status).toBe(200);
    expect(await post("runs/create", { experiment_id: "0", start_time: 1 })).toEqual(run);
    expect(await post("runs/create", { experiment_id: "0", start_time: 2 })).toMatchObject({
      status: 400,
      body: { error_code: "INVALID_PARAMETER_VALUE" },
    });
    await post("registered-models/create", { name: "m" });
    const version = await post("model-versions/create", { name: "m", source: "s3://x" });
    expect(version.body.model_version.version).toBe("1");
    expect(await post("model-versions/create", { name: "m", source: "s3://x" })).toEqual(version);
  }),
);

test(
  "accepts it in the REST API: 201 again with the same run, 409 for another request",
  inWorkspace(async (ctx) => {
    const app = createServer(readConfig({}));
    const deps = { config: readConfig({}), db: ctx.db, authenticate: async () => ctx } as unknown as WebDependencies;
    await app.register((scope) => v1Plugin(scope, deps), { prefix: "/api/v1" });
    const id = await createExperiment(ctx, { name: "e" });
    const post = (payload: object) =>
      app.inject({ method: "POST", url: `/api/v1/experiments/${id}/runs`, headers, payload });
    const first = await post({ name: "a" });
    expect(first.statusCode).toBe(201);
    expect((await post({ name: "a" })).json()).toEqual(first.json());
    expect((await post({ name: "b" })).statusCode).toBe(409);
    const duplicates = await app.inject({ url: `/api/v1/experiments/${id}/probable-duplicates` });
    expect(duplicates.json()).toEqual({ duplicates: [] });
  }),
);
