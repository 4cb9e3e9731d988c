import { expect, test } from "vitest";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { mlpModel } from "#server/testing/scenes/registry/onnx/fixture-models.ts";
import { newVersion } from "#server/testing/scenes/serving/testing.ts";
import { expectError } from "./ask.ts";
import { openScene } from "./scene.ts";

const { ask, ctx, gateway } = await openScene([]);

test.each([
  ["health_live", "/v2/health/live", { live: true }],
  ["health_ready", "/v2/health/ready", { ready: true }],
])("%s", async (_case, path, body) => {
  const answer = await ask({ path });
  expect([answer.status, answer.json]).toEqual([200, body]);
});

test("health_wrong_method", async () => {
  const answer = await ask({ method: "POST", path: "/v2/health/live" });
  expectError(answer, 405);
  expect(answer.headers.allow).toBe("GET, HEAD");
});

test.each([
  ["server_metadata", "/v2"],
  ["server_metadata_slash", "/v2/"],
])("%s", async (_case, path) => {
  const { status, json } = await ask({ path });
  expect(status).toBe(200);
  expect(json).toEqual({
    name: "leeway",
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    extensions: [
      "binary_tensor_data",
      "classification",
      "model_configuration",
      "model_repository",
      "parameters",
      "schedule_policy",
      "statistics",
    ],
  });
});

test("unknown_path", async () => {
  expectError(await ask({ path: "/v2/nope" }), 404);
  for (const path of ["/v2/models/mlp/generate", "/v2/logging", "/v2/systemsharedmemory/status"]) {
    expectError(await ask({ path }), 404);
  }
  expectError(await ask({ path: "/v2/models/%ZZ" }), 400);
});

/** Deploys a version that the next look at Postgres finds, and looks. */
async function deploy(name: string, version: number, bytes: Buffer): Promise<void> {
  const endpointId = endpoints.get(name) ?? (await createEndpoint(ctx, { name })).id;
  endpoints.set(name, endpointId);
  await newVersion(ctx, { model: name, version, bytes }, gateway.models);
  await deployVersion(ctx, { endpointId, model: name, version });
  gateway.tell("missed");
  await expect.poll(() => gateway.core.table.find(ctx.actor.workspaceId, name)?.wanted.model.version).toBe(version);
}
const endpoints = new Map<string, string>();
const wanted = (name: string) => gateway.core.table.find(ctx.actor.workspaceId, name)?.wanted;

test("health_ready_while_stable_loading, model_ready_loading", async () => {
  await deploy("first", 1, mlpModel([4, 3]));
  expect(wanted("first")?.state).toBe("loading");
  for (const path of ["/v2/health/ready", "/v2/models/first/ready", "/v2/models/first/versions/1/ready"]) {
    const answer = await ask({ path });
    expectError(answer, 503, /being loaded/);
    expect(answer.headers["retry-after"]).toMatch(/^[1-9]\d*$/);
  }
  await wanted("first")?.work;
  expect((await ask({ path: "/v2/health/ready" })).status).toBe(200);
  expect((await ask({ path: "/v2/models/first/ready" })).json).toEqual({ name: "first", ready: true });
});

test("health_ready_ignores_canary: a version that is to take over makes nobody wait, loading or failed", async () => {
  await deploy("first", 2, mlpModel([5, 3]));
  expect(wanted("first")?.state).toBe("loading");
  expect((await ask({ path: "/v2/health/ready" })).status).toBe(200);
  expectError(await ask({ path: "/v2/models/first/versions/2/ready" }), 503, /being loaded/);
  await wanted("first")?.work;
  expect(wanted("first")?.state).toBe("failed");
  expect((await ask({ path: "/v2/health/ready" })).status).toBe(200);
  expect((await ask({ path: "/v2/models/first/ready" })).json).toEqual({ name: "first", ready: true });
  expectError(await ask({ path: "/v2/models/first/versions/2/ready" }), 503, /failed/);
});
