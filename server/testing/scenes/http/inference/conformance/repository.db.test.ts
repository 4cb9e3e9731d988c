import { expect, test } from "vitest";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { mlpModel } from "#server/testing/scenes/registry/onnx/fixture-models.ts";
import { newToken } from "#server/testing/scenes/serving/router/testing.ts";
import { newVersion } from "#server/testing/scenes/serving/testing.ts";
import { expectError, type Question } from "./ask.ts";
import { row } from "./bodies.ts";
import { openScene } from "./scene.ts";

const { ask, ctx, gateway, infer } = await openScene(["mlp"]);
const post = (path: string, body?: Question["body"], headers?: Question["headers"]) =>
  ask({ method: "POST", path: `/v2/repository/${path}`, body, ...(headers && { headers }) });

const entry = (version: string, state = "READY", reason: unknown = "") => ({ name: "mlp", version, state, reason });

test("repo_index", async () => {
  const answer = await post("index");
  expect([answer.status, answer.json]).toEqual([200, [entry("1"), entry("2")]]);
});

test("repo_index_ready", async () => {
  const { id: endpointId } = await createEndpoint(ctx, { name: "broken" });
  await newVersion(ctx, { model: "broken", bytes: mlpModel([5, 3]) }, gateway.models);
  await deployVersion(ctx, { endpointId, model: "broken", version: 1 });
  const load = await post("models/broken/load");
  expectError(load, 400, /could not be loaded/);
  const broken = { ...entry("1", "UNAVAILABLE", expect.stringContaining("could not be loaded")), name: "broken" };
  expect((await post("index", { ready: false })).json).toEqual([broken, entry("1"), entry("2")]);
  expect((await post("index", { ready: true })).json).toEqual([entry("1"), entry("2")]);
});

test("repo_index_bad", async () => {
  const deep = (inside: string) => inside.replace("x", "[".repeat(250_000) + "]".repeat(250_000));
  for (const body of ['{"ready":[true]}', '{"ready":1}', "[]", "{", deep("x"), deep('{"ready":x}')]) {
    expectError(await post("index", body), 400);
  }
  expect((await post("index")).status).toBe(200);
});

test("repo_load_unload", async () => {
  const loaded = await post("models/mlp/load", { parameters: {} });
  expect([loaded.status, loaded.body.length]).toEqual([200, 0]);
  await infer("mlp", { inputs: [row] });
  const unloaded = await post("models/mlp/unload", { parameters: { unload_dependents: false } });
  expect([unloaded.status, unloaded.body.length]).toEqual([200, 0]);
  for (const path of ["", "/ready", "/stats", "/versions/1"]) {
    expectError(await ask({ path: `/v2/models/mlp${path}` }), 404, /unloaded/);
  }
  expect((await post("index")).json).toContainEqual(entry("2", "UNAVAILABLE", "unloaded"));
  expect((await ask({ path: "/v2/models" })).json.models).not.toContain("mlp");
  expect((await ask({ path: "/v2/health/ready" })).status).toBe(200);

  expect((await post("models/mlp/load")).status).toBe(200);
  expect((await ask({ path: "/v2/models/mlp" })).json.versions).toEqual(["1", "2"]);
  const [statistics] = (await ask({ path: "/v2/models/mlp/versions/2/stats" })).json.model_stats;
  expect(statistics.inference_count).toBe(0);
});

test("repo_load_config", async () => {
  for (const name of ["config", "file:1/model.onnx"]) {
    expectError(await post("models/mlp/load", { parameters: { [name]: "{}" } }), 400, /registry/);
  }
});

test("loading needs an operator's token with the scope, and an endpoint that exists", async () => {
  const authorization = `Bearer ${await newToken(ctx, ["infer"])}`;
  for (const how of ["load", "unload"]) {
    expectError(await post(`models/mlp/${how}`, undefined, { authorization }), 403, /serving/);
    expectError(await post(`models/none/${how}`), 404, /none/);
  }
  expect((await post("index", undefined, { authorization })).status).toBe(200);
});

test("a version that is deployed to an unloaded endpoint loads it again", async () => {
  await post("models/mlp/unload");
  const { id: endpointId } = await findEndpoint(ctx, "mlp");
  await deployVersion(ctx, { endpointId, model: "mlp", version: 2 });
  gateway.tell("missed");
  await expect
    .poll(() => gateway.core.table.find(ctx.actor.workspaceId, "mlp")?.serving, { timeout: 20_000 })
    .toBeDefined();
  await infer("mlp", { inputs: [row] });
});
